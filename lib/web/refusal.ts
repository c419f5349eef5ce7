import type { Rejection } from "#lib/domain/rejection";

/** A refusal as forms show it: one sentence, and what is wrong with which field. */
export type FormRefusal = { message: string; fieldErrors?: Record<string, string>; code: Rejection["code"] };

/** Puts a rejection into words for the person who asked, with who could do it when that is known. */
export function formRefusal({ message, whoCan, field, code, authority }: Rejection): FormRefusal {
  const sentence = authority && whoCan ? `${message} It can be done by ${whoCan}.` : message;
  return { message: sentence, fieldErrors: field ? { [field]: message } : undefined, code };
}
