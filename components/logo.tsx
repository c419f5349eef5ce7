/** The mark: a line of work, stopped at a hold point, going on behind it. */
export function Logo({ className = "size-6" }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={className} fill="none">
      <path d="M0 16h6M26 16h6" className="stroke-accent" strokeWidth="4" />
      <path d="M16 3l13 13-13 13L3 16z" className="fill-hold" />
      <path d="M12.5 11v10M19.5 11v10" className="stroke-surface" strokeWidth="3.2" strokeLinecap="round" />
    </svg>
  );
}
