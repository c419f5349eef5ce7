import { z } from "zod";
import { textProblem } from "#lib/log/canonical";
import { roles } from "./authority";
import { businessCalendarSchema } from "./calendar";
import { amount_minor_max, currencies } from "./money";
import { policyParametersSchema } from "./policy";
import { turnsWriting } from "./text-direction";

/**
 * Everything that can be asked of the engine, as it comes in from outside: parsed here, and nowhere trusted before.
 * Texts are trimmed and refused with U+0000 or lone surrogates; there are no defaults, so that the same request gives the
 * same mac for ever. What a machine asks (`timer.*`, `effect.*`) only a system actor may.
 */
function text(bytes_max: number) {
  return z
    .string()
    .trim()
    .min(1, "must not be empty")
    .refine((value) => Buffer.byteLength(value, "utf8") <= bytes_max, `must be at most ${bytes_max} bytes`)
    .superRefine((value, context) => {
      const problem = textProblem(value);
      if (problem) context.addIssue({ code: "custom", message: problem });
    });
}

const line = (bytes_max: number) =>
  text(bytes_max).refine((value) => !/\p{Cc}/u.test(value), "must be one line without control characters");

/** A line by which somebody or something is told from others: it may not turn what is shown beside it. */
const identifyingLine = (bytes_max: number) =>
  line(bytes_max).refine(
    (value) => !turnsWriting(value),
    "holds characters that change the direction of writing",
  );

export const businessKeySchema = identifyingLine(200);
export const sourceSchema = z
  .string()
  .regex(/^[a-z][a-z0-9.-]{0,63}$/, "must be lower-case letters, digits, dots and dashes, at most 64");

export const moneySchema = z.strictObject({
  amount: z
    .int("must be a whole number of minor units, for example pennies")
    .nonnegative("must not be negative")
    .max(amount_minor_max, `must be at most ${amount_minor_max} minor units`),
  currency: z.enum(currencies, "must be an ISO 4217 currency code such as GBP"),
});

export const dateSchema = z.iso
  .date("must be a date that exists, like 2026-01-31")
  .refine((date) => date >= "1900-01-01", "must be a date from 1900 on");

export const customerSchema = z.strictObject({
  reference: identifyingLine(120).optional(),
  name: identifyingLine(200).optional(),
  email: z.email("must be an e-mail address").max(254).optional(),
  phone: line(40).optional(),
  address: text(500).optional(),
});

export const orderLineSchema = z.strictObject({
  sku: identifyingLine(80),
  description: text(300).optional(),
  quantity: z.int().min(1, "must be at least 1").max(1_000_000),
  unitPrice: z.int().nonnegative().max(amount_minor_max),
});

export const lines_max = 200;

/** What may be attached to an order, and how much of it at once. */
export const attachmentMediaTypes = [
  "application/pdf",
  "image/png",
  "image/jpeg",
  "image/webp",
  "text/plain",
  "text/csv",
] as const;
export const attachment_bytes_max = 5 * 1024 * 1024;

const content = {
  total: moneySchema,
  customer: customerSchema.optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, "must be an ISO 3166 code of two capital letters")
    .optional(),
  orderedOn: dateSchema.optional(),
  lines: z.array(orderLineSchema).max(lines_max, `must be at most ${lines_max} lines`).optional(),
  note: text(4000).optional(),
};

const orderId = z.uuid("must be an order id");
const personId = z.string().regex(/^[A-Za-z0-9._:~-]{1,100}$/, "must be a person's id");
const visit = { order: orderId, step: line(80), visit: z.int().positive() };
const note = text(4000).optional();
const reason = text(1000);

/** How far a log went, and whose it was. */
const noted = { installation: line(100), pos: z.int().nonnegative().optional() };

const receipt = z.looseObject({ reference: line(200) });
const answer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("confirmed"), receipt: receipt as z.ZodType<{ reference: string }> }),
  z.strictObject({ kind: z.literal("pending"), reference: line(200) }),
  z.strictObject({ kind: z.literal("rejected"), reason: text(2000) }),
  z.strictObject({
    kind: z.literal("retryable"),
    reason: text(2000),
    retryAfter_ms: z.int().nonnegative().optional(),
  }),
  z.strictObject({ kind: z.literal("inDoubt"), reason: text(2000) }),
]);

/** A keyed hash (`identityIndex` of `lib/log/keys.ts`). */
const identity = z.string().regex(/^[0-9a-f]{32}$/, "must be the keyed hash of an account");
const effectKey = z.string().regex(/^[\w-]{43}$/, "must be an effect key");

export const commandSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("order.receive"),
    workflow: line(80),
    source: sourceSchema,
    businessKey: businessKeySchema,
    requestedBy: personId,
    ...content,
    past: z.strictObject({ occurredAt: z.iso.datetime({ precision: 3 }) }).optional(),
  }),
  z.strictObject({ type: z.literal("order.amend"), order: orderId, ...content }),
  z.strictObject({ type: z.literal("order.cancel"), order: orderId, reason }),
  z.strictObject({ type: z.literal("order.comment"), order: orderId, text: text(4000) }),
  z.strictObject({
    type: z.literal("order.attach"),
    order: orderId,
    /** SHA-256 of the bytes as they are kept: encrypted. */
    hash: z.string().regex(/^[0-9a-f]{64}$/, "must be the hash of the kept bytes"),
    size_bytes: z.int().positive().max(attachment_bytes_max),
    mediaType: z.enum(attachmentMediaTypes),
    name: identifyingLine(200),
  }),
  z.strictObject({ type: z.literal("task.claim"), ...visit }),
  z.strictObject({ type: z.literal("task.takeOver"), ...visit, reason }),
  z.strictObject({ type: z.literal("task.start"), ...visit }),
  z.strictObject({ type: z.literal("task.stop"), ...visit }),
  z.strictObject({ type: z.literal("task.release"), ...visit }),
  z.strictObject({ type: z.literal("task.suspend"), ...visit, reason }),
  z.strictObject({ type: z.literal("task.resume"), ...visit }),
  z.strictObject({ type: z.literal("task.delegate"), ...visit, to: personId }),
  z.strictObject({ type: z.literal("task.forward"), ...visit, to: z.enum(roles) }),
  z.strictObject({ type: z.literal("task.fail"), ...visit, reason }),
  z.strictObject({ type: z.literal("task.skip"), ...visit, reason }),
  z.strictObject({
    type: z.literal("task.decide"),
    ...visit,
    verdict: line(40),
    evidence: z.string().regex(/^[0-9a-f]{64}$/, "must be the evidence hash of what was shown"),
    note,
    undo_ms: z.int().nonnegative().max(60_000),
  }),
  z.strictObject({ type: z.literal("task.withdraw"), ...visit }),
  z.strictObject({ type: z.literal("effect.retry"), order: orderId, key: effectKey, reason }),
  z.strictObject({
    type: z.literal("effect.settle"),
    order: orderId,
    key: effectKey,
    /** The newest attempt when the person looked: of one that began later nothing was found out. */
    attempt: z.int().nonnegative(),
    /** What a person found out: it was done, with the outside's own number for it, or it was not. */
    finding: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("done"), reference: line(200) }),
      z.strictObject({ kind: z.literal("notDone"), issueAgain: z.boolean() }),
    ]),
    reason,
  }),
  z.strictObject({ type: z.literal("order.clearAttention"), order: orderId, reason }),
  z.strictObject({
    type: z.literal("signal.receive"),
    order: orderId,
    signal: line(80),
    content: z.record(line(80), z.union([text(2000), z.int(), z.boolean()])),
  }),
  z.strictObject({ type: z.literal("timer.settle"), ...visit }),
  z.strictObject({ type: z.literal("timer.breach"), ...visit, rung: z.int().positive() }),
  /** `person` claimed the task and has not been at it for the length of a lease. */
  z.strictObject({ type: z.literal("timer.lapse"), ...visit, person: personId }),
  z.strictObject({
    type: z.literal("effect.attempt"),
    order: orderId,
    key: effectKey,
    /** Version of the event that made it due. */
    since: z.int().positive(),
  }),
  z.strictObject({
    type: z.literal("effect.expire"),
    order: orderId,
    key: effectKey,
    attempt: z.int().positive(),
  }),
  z.strictObject({
    type: z.literal("effect.overdue"),
    order: orderId,
    key: effectKey,
    /** Version of the event that promised the answer. */
    since: z.int().positive(),
  }),
  z.strictObject({
    type: z.literal("effect.probed"),
    order: orderId,
    key: effectKey,
    /** Version of the event that asked for the probe. */
    since: z.int().positive(),
    found: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("confirmed"), receipt: receipt as z.ZodType<{ reference: string }> }),
      z.strictObject({ kind: z.literal("pending"), reference: line(200) }),
      z.strictObject({ kind: z.literal("absent") }),
      z.strictObject({ kind: z.literal("unknown"), reason: text(2000) }),
    ]),
  }),
  z.strictObject({
    type: z.literal("effect.answer"),
    order: orderId,
    key: effectKey,
    /** Absent for a callback, which answers whichever attempt reached the outside. */
    attempt: z.int().positive().optional(),
    answer,
    occurredAt: z.iso.datetime({ precision: 3 }).optional(),
    personal: z.record(z.string(), text(500)).optional(),
  }),
  z.strictObject({
    type: z.literal("person.add"),
    person: personId,
    name: identifyingLine(200),
    email: z.email("must be an e-mail address").max(254),
    roles: z.array(z.enum(roles)).min(1, "must name at least one role"),
  }),
  z.strictObject({ type: z.literal("person.grant"), person: personId, role: z.enum(roles) }),
  z.strictObject({ type: z.literal("person.revoke"), person: personId, role: z.enum(roles) }),
  z.strictObject({ type: z.literal("person.disable"), person: personId }),
  z.strictObject({ type: z.literal("person.enable"), person: personId }),
  z.strictObject({ type: z.literal("person.changePassword"), person: personId }),
  z.strictObject({
    type: z.literal("person.endSessions"),
    person: personId,
    session: z.uuid("must be the id of a session").optional(),
    except: z.uuid("must be the id of a session").optional(),
  }),
  z.strictObject({ type: z.literal("person.linkIdentity"), person: personId, issuer: line(500), identity }),
  z.strictObject({ type: z.literal("person.unlinkIdentity"), person: personId, identity }),
  z.strictObject({ type: z.literal("apiKey.create"), person: personId, apiKey: personId }),
  z.strictObject({ type: z.literal("apiKey.revoke"), person: personId, apiKey: personId }),
  z.strictObject({
    type: z.literal("workflow.publish"),
    name: line(80),
    version: z.int().positive(),
    hash: line(64),
  }),
  z.strictObject({
    type: z.literal("policy.publish"),
    workflow: line(80),
    parameters: policyParametersSchema,
  }),
  z.strictObject({ type: z.literal("calendar.publish"), id: sourceSchema, calendar: businessCalendarSchema }),
  z.strictObject({
    type: z.literal("log.adopt"),
    ...noted,
    /** What the head note said. */
    before: z.strictObject(noted).optional(),
    reason,
  }),
  z.strictObject({ type: z.literal("dispatch.pause"), reason }),
  z.strictObject({ type: z.literal("dispatch.resume"), reason }),
  z.strictObject({ type: z.literal("intake.stop"), reason }),
  z.strictObject({ type: z.literal("intake.open"), reason }),
]);

export type Command = z.infer<typeof commandSchema>;
export type CommandType = Command["type"];
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

export type OrderCommand = Exclude<
  Command,
  {
    type:
      | `person.${string}`
      | `apiKey.${string}`
      | `${string}.publish`
      | "log.adopt"
      | `dispatch.${string}`
      | `intake.${string}`;
  }
>;
