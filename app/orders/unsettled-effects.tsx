import { CircleHelp, Clock, type LucideIcon, X } from "lucide-react";
import type { EffectEvidence, Unsettled, UnsettledEffect } from "#lib/queries/unsettled";
import { Badge, type Tone } from "../../components/badge";
import { formatNumber, type ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { OrderFacts } from "../../components/order-facts";
import { ClearAttention, SettlingForms } from "./settling-forms";

type Look = { label: string; tone: Tone; icon: LucideIcon };

const looks: Record<UnsettledEffect["status"], Look> = {
  IN_DOUBT: { label: "Not known whether it happened", tone: "warn", icon: CircleHelp },
  FAILED: { label: "Failed", tone: "bad", icon: X },
  PENDING: { label: "Waits for the answer", tone: "neutral", icon: Clock },
};

export type UnsettledEffectsProps = { order: string; unsettled: Unsettled; view: ViewTime };

/** What is not settled outside: for each effect the evidence, and the ways to settle it. */
export function UnsettledEffects({ order, unsettled, view }: UnsettledEffectsProps) {
  return (
    <div className="grid gap-4">
      {unsettled.effects.map((effect) => (
        <Effect key={effect.key} order={order} effect={effect} view={view} />
      ))}
      <ClearAttention order={order} clearing={unsettled.clearing} />
    </div>
  );
}

function Effect({ order, effect, view }: { order: string; effect: UnsettledEffect; view: ViewTime }) {
  const { label, tone, icon } = looks[effect.status];
  return (
    <div className="grid gap-3 rounded-md border border-line bg-surface p-3">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h3 className="text-sm font-semibold">{effect.title}</h3>
        <Badge tone={tone} icon={icon}>
          {label}
        </Badge>
        <p className="text-xs text-ink-muted">
          since <Moment at={effect.since} view={view} as="instant" />
        </p>
      </div>
      {effect.evidence && <Evidence effectKey={effect.key} evidence={effect.evidence} view={view} />}
      <SettlingForms order={order} effect={effect} />
    </div>
  );
}

function Evidence({
  effectKey,
  evidence,
  view,
}: {
  effectKey: string;
  evidence: EffectEvidence;
  view: ViewTime;
}) {
  const { sent, lastSaid, reference, whyNotAskedAgain, issue, input, lines } = evidence;
  return (
    <>
      <p>{whyNotAskedAgain}</p>
      <OrderFacts
        facts={[
          { label: "Sent", value: <Sent sent={sent} view={view} /> },
          { label: "Last heard", value: lastSaid ? <LastSaid {...lastSaid} view={view} /> : "Nothing" },
          { label: "Number given outside", value: reference ?? "None" },
          {
            label: issue > 1 ? `Key, of issue ${issue}` : "Key",
            value: <code className="font-mono text-xs">{effectKey}</code>,
          },
        ]}
      />
      <details>
        <summary className="cursor-pointer text-accent underline-offset-2 hover:underline">
          What was sent, and everything that happened
        </summary>
        <div className="mt-2 grid gap-3">
          <pre className="rounded-md bg-sunken p-2 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
            {input}
          </pre>
          <ol className="grid gap-1.5">
            {lines.map((line) => (
              <li key={line.id} className="grid gap-x-3 sm:grid-cols-[auto_1fr]">
                <span className="text-xs text-ink-muted">
                  <Moment at={line.at} view={view} as="instant" />
                </span>
                <span className="wrap-anywhere">
                  {line.sentence}
                  {line.note && <span className="block text-ink-muted">“{line.note}”</span>}
                </span>
              </li>
            ))}
          </ol>
        </div>
      </details>
    </>
  );
}

function LastSaid({ at, text, view }: { at: string; text: string; view: ViewTime }) {
  return (
    <>
      “{text}”
      <span className="block text-xs font-normal text-ink-muted">
        <Moment at={at} view={view} as="instant" />
      </span>
    </>
  );
}

function Sent({ sent, view }: { sent: EffectEvidence["sent"]; view: ViewTime }) {
  if (!sent) return "Never";
  const { times, first, last } = sent;
  if (times === 1) return <Moment at={first} view={view} as="instant" />;
  return (
    <>
      {formatNumber(times)} times, first <Moment at={first} view={view} as="instant" />, last{" "}
      <Moment at={last} view={view} as="instant" />
    </>
  );
}
