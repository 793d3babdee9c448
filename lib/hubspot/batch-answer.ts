import { asJsonObject, isAbsent } from '../domain/json-object.ts';

/** The statuses that mean "done" in HubSpot's batches (OpenAPI 2026-09, read 2026-11-26), and similar words. */
const DONE = new Set(['COMPLETE', 'COMPLETED', 'SUCCESS', 'OK']);

export function saysDone(status: unknown): boolean {
  return isAbsent(status) || DONE.has(String(status).toUpperCase());
}

/** All names in the errors of a batch: their members may have any form, and none is required. */
export function namedInErrors(errors: unknown): ReadonlySet<string> {
  return new Set([...namesIn(errors), ...Object.keys(asJsonObject(errors))]);
}

/** Every text in it, and every number except zero as a text. Texts that are not our IDs have no effect. */
export function namesIn(value: unknown): string[] {
  if (typeof value === 'string' || (typeof value === 'number' && value !== 0)) return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : [];
}
