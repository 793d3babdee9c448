import * as z from 'zod/mini';

/** A field that one of the domain's own readers understands. */
export function readBy<T>(read: (value: unknown) => T | undefined, rule: string) {
  return z.pipe(
    z.unknown().check(z.refine((value) => read(value) !== undefined, rule)),
    z.transform((value) => read(value) as T),
  );
}

/**
 * Reads what an operator gave an invoke.
 * @throws {TypeError} naming each field at fault and its rule, never its value
 */
export function parseEvent<Schema extends z.ZodMiniType>(schema: Schema, event: unknown): z.output<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new TypeError(parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '));
}
