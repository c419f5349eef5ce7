import type { Role } from "#lib/domain/authority";

/** What a role is for, as the rest of "who has it …". */
export const roleMeans: Record<Role, string> = {
  requester: "asks for orders, and changes those that are sent back.",
  reviewer: "decides orders that wait for a person, but never their own.",
  supervisor: "decides what is overdue, takes work over, and settles what failed outside.",
  auditor: "reads every order and the whole log, and verifies it.",
  admin: "manages people, API keys and settings, and reads the log.",
};
