/** One line of an order; money in words (`formatMoney(...)`). */
export type OrderLine = {
  id: string;
  sku?: string;
  description: string;
  quantity: string;
  unitPrice: string;
  amount: string;
};
export type LinesTableProps = {
  lines: readonly OrderLine[];
  /** The order's total in words. */
  total: string;
};

const headClass = "px-4 py-2 text-xs font-medium text-ink-muted whitespace-nowrap";

/** What was ordered, line by line, with the total below. */
export function LinesTable({ lines, total }: LinesTableProps) {
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">Order lines</caption>
      <thead className="border-b border-line bg-sunken">
        <tr>
          <th scope="col" className={`${headClass} text-left`}>
            Item
          </th>
          <th scope="col" className={`${headClass} hidden text-right sm:table-cell`}>
            Quantity
          </th>
          <th scope="col" className={`${headClass} hidden text-right sm:table-cell`}>
            Unit price
          </th>
          <th scope="col" className={`${headClass} text-right`}>
            Amount
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {lines.map((line) => (
          <tr key={line.id} className="align-top">
            <td className="px-4 py-1.5">
              <span className="wrap-anywhere">{line.description}</span>
              {line.sku && <span className="block font-mono text-xs text-ink-muted">{line.sku}</span>}
              <span className="block text-xs text-ink-muted tabular-nums sm:hidden">
                {line.quantity} × {line.unitPrice}
              </span>
            </td>
            <td className="hidden px-4 py-1.5 text-right tabular-nums sm:table-cell">{line.quantity}</td>
            <td className="hidden px-4 py-1.5 text-right tabular-nums sm:table-cell">{line.unitPrice}</td>
            <td className="px-4 py-1.5 text-right whitespace-nowrap tabular-nums">{line.amount}</td>
          </tr>
        ))}
      </tbody>
      <tfoot className="border-t-2 border-edge font-semibold">
        <tr>
          <th scope="row" className="px-4 py-2 text-left">
            Total
          </th>
          <td className="hidden sm:table-cell" />
          <td className="hidden sm:table-cell" />
          <td className="px-4 py-2 text-right whitespace-nowrap tabular-nums">{total}</td>
        </tr>
      </tfoot>
    </table>
  );
}
