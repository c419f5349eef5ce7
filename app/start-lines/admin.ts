import type { AuthorizedActor } from "#lib/domain/authority";
import { engineProcess } from "#lib/engine/process";
import { peopleCounts } from "#lib/queries/start";
import { formatNumber } from "../../components/format";
import { counted, measures, store } from "../reading";
import { lineOf, type StartLine } from "./line";

/** Whether it runs as it should, and who works here. */
export async function adminLines(actor: AuthorizedActor): Promise<StartLine[]> {
  const [{ backlog }, { enabled, disabled }, { effectsMissing, runtime }] = await Promise.all([
    measures(actor),
    peopleCounts(actor, store()),
    engineProcess(),
  ]);
  const { stopped } = runtime.engine;
  const here = { href: "/operations", needs: true } as const;
  return [
    ...lineOf(
      "unreadable",
      { count: runtime.engine.streams.unreadable().length, more: false },
      { one: "history cannot be read", many: "histories cannot be read" },
      { ...here, tone: "bad" },
    ),
    ...(effectsMissing
      ? [
          {
            ...here,
            id: "missing",
            count: "!",
            words: "Nothing is sent from here",
            beside: effectsMissing,
            tone: "bad",
          } as const,
        ]
      : []),
    ...(stopped.dispatch
      ? [{ ...here, id: "dispatch", count: "!", words: "Dispatch is paused", tone: "hold" } as const]
      : []),
    ...(stopped.intake
      ? [{ ...here, id: "intake", count: "!", words: "Intake is stopped", tone: "hold" } as const]
      : []),
    ...lineOf(
      "backlog",
      { count: backlog.waiting, more: backlog.waiting > backlog.most },
      { one: "thing waits to be sent outside", many: "things wait to be sent outside" },
      {
        href: "/operations",
        needs: false,
        tone: "neutral",
        beside: `Over ${formatNumber(backlog.most)}, new orders are told to come again`,
      },
    ),
    ...lineOf(
      "people",
      enabled,
      { one: "person may sign in", many: "people may sign in" },
      {
        href: "/people",
        needs: false,
        tone: "neutral",
        beside: disabled.count > 0 ? `${counted(disabled)} disabled` : undefined,
      },
    ),
  ];
}
