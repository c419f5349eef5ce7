export type HiddenFieldsProps = { values: Readonly<Record<string, string | number | undefined>> };

/** What a form sends beside what is typed. Undefined ones are not sent. */
export function HiddenFields({ values }: HiddenFieldsProps) {
  return Object.entries(values).map(
    ([name, value]) => value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
  );
}
