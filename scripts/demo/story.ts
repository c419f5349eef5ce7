/**
 * A day of a shop, ending now: which orders came in when, and what people did about them. The orders are real (see
 * e2e/data/README.md), the people are not. What policy says of each is not written here: it is decided, like any order.
 */
export type Verb =
  | { verb: "decide"; verdict: "approve" | "reject" | "sendBack"; note?: string }
  | { verb: "withdraw" }
  | { verb: "claim" }
  | { verb: "amend"; note: string }
  | { verb: "cancel"; reason: string };

/** What somebody does, some minutes after the order came in. */
export type Deed = Verb & { by: string; after_minutes: number };

export type Scene = {
  /** The shop's number of it. */
  order: string;
  /** How many minutes before the end of the play it comes in. */
  received: number;
  /** Rita, unless said. */
  requestedBy?: string;
  deeds: readonly Deed[];
};

export const people = [
  { id: "rita", name: "Rita Ortega", roles: ["requester"] },
  { id: "remy", name: "Remy Laurent", roles: ["requester", "reviewer"] },
  { id: "ana", name: "Ana Kova\u010d", roles: ["reviewer"] },
  { id: "ben", name: "Ben Osei", roles: ["reviewer"] },
  { id: "sam", name: "Sam Whitfield", roles: ["supervisor"] },
  { id: "ada", name: "Ada Lindholm", roles: ["auditor"] },
  { id: "root", name: "Robin Root", roles: ["admin"] },
] as const;

/** Of every demo person; printed at the start, and nowhere used but in the demo. */
export const demoPassword = "holdpoint-demo";

export const emailOf = (id: string) => `${id}@example.com`;

/** Minutes from the first order to the end. */
export const length_minutes = 1_560;

/** From here on nobody plays the carrier any more: what is dispatched goes to the real one. */
export const carrierLeaves_minutes = 3;

/** The carrier of the play finds no way to deliver it. */
export const undeliverable: ReadonlySet<string> = new Set(["536398"]);

const passed: readonly Deed[] = [];
const waiting: readonly Deed[] = [];

const decided =
  (verdict: "approve" | "reject" | "sendBack") => (by: string, after_minutes: number, note?: string) =>
    [{ verb: "decide", verdict, by, after_minutes, note }] as const;
const approved = decided("approve");
const rejected = decided("reject");
const sentBack = decided("sendBack");

const approvedAfterWithdrawal = (by: string, after_minutes: number): readonly Deed[] => [
  { verb: "decide", verdict: "reject", by, after_minutes, note: "No answer from the customer." },
  // Within the eight seconds in which a decision may be taken back.
  { verb: "withdraw", by, after_minutes: after_minutes + 5 / 60 },
  {
    verb: "decide",
    verdict: "approve",
    by,
    after_minutes: after_minutes + 6,
    note: "The customer has just called.",
  },
];

const amended = (
  by: string,
  after_minutes: number,
  note: string,
  amendedAfter_minutes: number,
  approvedBy: string,
  approvedAfter_minutes: number,
): readonly Deed[] => [
  ...sentBack(by, after_minutes, note),
  {
    verb: "amend",
    by: "rita",
    after_minutes: after_minutes + amendedAfter_minutes,
    note: "For the shop at the harbour.",
  },
  ...approved(approvedBy, after_minutes + amendedAfter_minutes + approvedAfter_minutes),
];

const claimed = (by: string, after_minutes: number): readonly Deed[] => [
  { verb: "claim", by, after_minutes },
];

/** Remy is a reviewer too, but not of what he asked for himself: he is refused, and that stands in the log. */
const triedByOneself = (after_minutes: number): readonly Deed[] => approved("remy", after_minutes);

const cancelled = (after_minutes: number, reason: string): readonly Deed[] => [
  { verb: "cancel", by: "rita", after_minutes, reason },
];

export const story: readonly Scene[] = [
  { order: "536365", received: 1560, deeds: approved("ana", 14) },
  { order: "536366", received: 1527, deeds: passed },
  { order: "536367", received: 1495, deeds: approved("ben", 31) },
  { order: "536368", received: 1462, deeds: passed },
  { order: "536369", received: 1429, deeds: passed },
  { order: "536371", received: 1397, requestedBy: "remy", deeds: approved("ben", 44) },
  {
    order: "536372",
    received: 1364,
    deeds: rejected(
      "ana",
      26,
      "The same goods and total as 536366. The customer confirms that it was sent twice.",
    ),
  },
  { order: "536373", received: 1332, deeds: passed },
  { order: "536374", received: 1299, deeds: approved("ana", 12) },
  { order: "536375", received: 1266, deeds: rejected("ben", 71, "Entered twice: see 536373.") },
  { order: "536376", received: 1234, requestedBy: "remy", deeds: approved("ana", 58) },
  {
    order: "536377",
    received: 1201,
    deeds: approved("ben", 39, "Asked the customer: a third shop of theirs, so it is meant."),
  },
  { order: "536378", received: 1168, deeds: approved("ana", 23) },
  { order: "536380", received: 1136, deeds: approved("ben", 9) },
  { order: "536381", received: 1103, deeds: approved("ana", 66) },
  { order: "536382", received: 1070, deeds: approved("ben", 87) },
  { order: "536384", received: 1038, deeds: approved("ana", 35) },
  { order: "536385", received: 1005, deeds: approved("ben", 18) },
  { order: "536386", received: 972, deeds: approved("ana", 41) },
  {
    order: "536389",
    received: 940,
    deeds: approved("ben", 103, "Freight to Australia was agreed by phone."),
  },
  { order: "536392", received: 907, deeds: approvedAfterWithdrawal("ana", 52) },
  { order: "536393", received: 875, deeds: approved("ben", 16) },
  { order: "536395", received: 842, deeds: approved("ana", 74) },
  { order: "536396", received: 809, deeds: passed },
  { order: "536397", received: 777, deeds: approved("ben", 28) },
  { order: "536398", received: 744, deeds: approved("ana", 33) },
  {
    order: "536399",
    received: 711,
    deeds: rejected("ben", 47, "Third order of the same total today. The customer wants one only."),
  },
  { order: "536401", received: 679, deeds: approved("ana", 95) },
  { order: "536403", received: 646, deeds: approved("ben", 21) },
  {
    order: "536409",
    received: 613,
    deeds: rejected("ana", 110, "The address does not exist, and nobody answers at the number given."),
  },
  { order: "536416", received: 581, deeds: approved("ben", 37) },
  { order: "536420", received: 548, deeds: approved("ana", 8) },
  { order: "536446", received: 516, deeds: approved("ben", 63) },
  { order: "536460", received: 483, deeds: approved("ana", 49) },
  { order: "536464", received: 450, deeds: approved("ben", 82) },
  {
    order: "536425",
    received: 420,
    deeds: approved("sam", 140, "Both reviewers were away; I checked the invoice myself."),
  },
  { order: "536488", received: 418, deeds: approved("ana", 19) },
  { order: "536502", received: 385, deeds: approved("ben", 55) },
  {
    order: "536402",
    received: 330,
    deeds: amended("ben", 24, "Which of the two shops is it for? Please give the address.", 46, "ana", 31),
  },
  { order: "536387", received: 290, deeds: waiting },
  {
    order: "536404",
    received: 270,
    deeds: sentBack(
      "ben",
      38,
      "Two of its lines look like slips of the pen. Please check the quantities with the customer.",
    ),
  },
  { order: "536415", received: 245, deeds: waiting },
  { order: "536405", received: 215, deeds: cancelled(27, "The customer took it back by phone.") },
  { order: "536437", received: 190, deeds: waiting },
  { order: "536390", received: 112, deeds: waiting },
  { order: "536370", received: 100, deeds: claimed("ben", 20) },
  { order: "536400", received: 95, deeds: passed },
  { order: "536388", received: 85, requestedBy: "remy", deeds: triedByOneself(12) },
  { order: "536407", received: 66, deeds: waiting },
  { order: "536406", received: 60, deeds: passed },
  { order: "536394", received: 50, deeds: waiting },
  { order: "536414", received: 38, deeds: waiting },
  { order: "536477", received: 27, deeds: waiting },
  { order: "536408", received: 15, deeds: waiting },
  { order: "536423", received: 8, deeds: waiting },
  { order: "536412", received: 4, deeds: waiting },
  { order: "536463", received: 2, deeds: passed },
  { order: "536466", received: 1, deeds: passed },
];
