import { formatNumber } from "../../components/format";
import { Notice } from "../../components/notice";

const shown_max = 10;

/** What this process cannot read, why, and what to do. Commands on these streams are refused; all others go on. */
export function UnreadableStreams({ streams }: { streams: readonly { stream: string; why: string }[] }) {
  const more = streams.length - shown_max;
  return (
    <Notice kind="error" title={`Cannot be read: ${formatNumber(streams.length)}`}>
      <p>
        Nothing can be done with these until they can; everything else goes on. Where a newer Holdpoint has
        written, start that version here. Otherwise run <code>npm run verify</code>: it names the event at
        fault, which is then to be had from a backup.
      </p>
      <ul className="list-disc pt-2 pl-5">
        {streams.slice(0, shown_max).map(({ stream, why }) => (
          <li key={stream}>
            <code>{stream}</code>: {why}
          </li>
        ))}
        {more > 0 && <li>and {formatNumber(more)} more</li>}
      </ul>
    </Notice>
  );
}
