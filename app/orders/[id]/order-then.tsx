import { history_lines_per_page } from "#lib/queries/order-history";
import type { Difference, PastOrder } from "#lib/queries/past-order";
import { ButtonLink } from "../../../components/button";
import { formatExact, type ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Notice } from "../../../components/notice";
import { OrderFacts } from "../../../components/order-facts";
import { Panel } from "../../../components/panel";
import { PolicyResult, type PolicyRule } from "../../../components/policy-result";
import { VersionScrubber } from "../../../components/version-scrubber";
import { WorkflowDrawing } from "../../../components/workflow-drawing";
import { orderHref } from "./history-address";
import { OrderContent } from "./order-content";

export type OrderThenProps = {
  order: PastOrder;
  /** What the policy had found, in words. */
  rules: readonly PolicyRule[];
  /** With which version it is compared, and what was otherwise there. */
  since: number;
  /** Whether somebody asked to compare with that one. */
  asked: boolean;
  differences: readonly Difference[];
  view: ViewTime;
};

/** An order as it was after one of its events: where it was, what who decided was shown, and what changed. */
export function OrderThen({ order, rules, since, asked, differences, view }: OrderThenProps) {
  const { id, at, length } = order;
  return (
    <div className="grid gap-4">
      <Notice kind="warning" title={`As it was on ${formatExact(order.recordedAt, view)}`}>
        <p>
          After event {at} of {length}: {order.sentence} Nothing can be done here.
        </p>
        <p className="mt-2 flex flex-wrap gap-2 print:hidden">
          <ButtonLink href={orderHref(id, {})} size="small">
            Back to now
          </ButtonLink>
          <ButtonLink
            href={orderHref(id, { upTo: Math.max(at, history_lines_per_page) }, at)}
            size="small"
            variant="quiet"
          >
            Find it in what happened
          </ButtonLink>
        </p>
      </Notice>
      <div className="print:hidden">
        <Panel title="Another moment">
          <VersionScrubber
            action={orderHref(id, {})}
            at={at}
            since={since}
            asked={asked}
            last={length}
            previous={at > 1 ? orderHref(id, { at: at - 1 }) : undefined}
            next={at < length ? orderHref(id, { at: at + 1 }) : undefined}
          />
        </Panel>
      </div>
      {order.path.length > 0 && (
        <Panel title="Where it was">
          <WorkflowDrawing label="Steps" steps={order.path} edges={order.ways} />
        </Panel>
      )}
      {since !== at && <Differences since={since} at={at} differences={differences} view={view} />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="grid gap-4">
          {order.tasks.map((task) => (
            <Panel key={`${task.step} ${task.visit}`} title={task.title}>
              <OrderFacts
                facts={[
                  { label: "Waited for", value: task.waits },
                  {
                    label: "Due",
                    value: task.breachAt ? (
                      <Moment at={task.breachAt} view={view} as="exact" />
                    ) : (
                      "Nothing was due"
                    ),
                    from: task.escalated ? "its time had run out" : undefined,
                  },
                  {
                    label: "Hash of what was shown",
                    value: <span className="font-mono text-xs font-normal">{task.evidence}</span>,
                  },
                ]}
              />
            </Panel>
          ))}
          <Panel title="What the policy had found">
            <PolicyResult rules={rules} />
          </Panel>
        </div>
        <OrderContent order={order} view={view} />
      </div>
    </div>
  );
}

function Differences({
  since,
  at,
  differences,
  view,
}: Pick<OrderThenProps, "since" | "differences" | "view"> & { at: number }) {
  const [from, to] = [Math.min(since, at), Math.max(since, at)];
  return (
    <Panel title={`What changed from event ${from} to event ${to}`}>
      {differences.length === 0 ? (
        <p className="text-ink-muted">Nothing that is shown of the order.</p>
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full text-left">
            <thead className="text-xs text-ink-muted">
              <tr>
                <th scope="col" className="py-1 pr-4 font-medium">
                  What
                </th>
                <th scope="col" className="py-1 pr-4 font-medium">
                  Before
                </th>
                <th scope="col" className="py-1 font-medium">
                  After
                </th>
              </tr>
            </thead>
            <tbody>
              {differences.map(({ what, before, after }) => (
                <tr key={what} className="border-t border-line align-top">
                  <th scope="row" className="py-1.5 pr-4 font-medium">
                    {what}
                  </th>
                  <td className="py-1.5 pr-4 text-ink-muted wrap-anywhere">
                    <Value value={before} view={view} />
                  </td>
                  <td className="py-1.5 wrap-anywhere">
                    <Value value={after} view={view} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function Value({ value, view }: { value: string | null; view: ViewTime }) {
  if (value === null) return <span className="text-ink-muted">–</span>;
  return instant.test(value) ? <Moment at={value} view={view} as="exact" /> : value;
}
