import * as z from 'zod/mini';
import { parsePortalId } from '../domain/ids.ts';
import { readOwnerRef } from '../domain/owner-ref.ts';

/** A field that one of the domain's own readers understands. */
export function readBy<T>(read: (value: unknown) => T | undefined, rule: string) {
  return z.pipe(
    z.unknown().check(z.refine((value) => read(value) !== undefined, rule)),
    z.transform((value) => read(value) as T),
  );
}

export const portalIdField = () => readBy(parsePortalId, 'must be a portal ID: digits, as a string or a number');
export const ownerRefField = () => readBy(readOwnerRef, 'must be one owner ID or one email');
export const flagField = () => z.optional(z.literal(true, 'must be true or left out'));

/** Whatever else stands in the place of a field's name may be a value. */
const FIELD_NAME = /^[A-Za-z]\w{0,40}$/;

/**
 * Reads an operator's event.
 * @throws {TypeError} naming each wrong field and its rule, never its value
 */
export function parseEvent<Schema extends z.ZodMiniType>(schema: Schema, event: unknown): z.output<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new TypeError(parsed.error.issues.map(describe).join('; '));
}

function describe(issue: z.core.$ZodIssue): string {
  const text = [...issue.path, issue.message].join(': ');
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.filter((key) => FIELD_NAME.test(key)) : [];
  return unknown.length === 0 ? text : `${unknown.join(', ')}: unknown; ${text}`;
}
