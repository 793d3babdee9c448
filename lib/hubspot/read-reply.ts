import { UpstreamContractError } from '../domain/errors.ts';
import { asJsonObject, isAbsent, isJsonObject } from '../domain/json-object.ts';
import type { HubSpotReply } from './transport.ts';

/** @throws {UpstreamContractError} if the reply is not a 200 or `read` does not understand it. `api` is a fixed text. */
export function parseReply<Body>(
  reply: HubSpotReply,
  read: (document: unknown) => Body | undefined,
  api: string,
): Body {
  if (reply.status !== 200) throw new UpstreamContractError(`${api} answered with status ${reply.status}`);
  const body = reply.document === undefined ? undefined : read(reply.document);
  if (body === undefined) throw unknownShape(api);
  return body;
}

export function unknownShape(api: string): UpstreamContractError {
  return new UpstreamContractError(`${api} answered in an unknown shape`);
}

/** One page of a listing, whose rows are read one by one. */
export type Page = {
  readonly results: readonly unknown[];
  /** Where the next page begins; undefined after the last one (paging guide, read 2026-11-23). */
  readonly after: string | undefined;
};

export function readPage(document: unknown): Page | undefined {
  const { results, paging } = asJsonObject(document);
  if (!Array.isArray(results)) return undefined;
  if (isAbsent(paging)) return { results, after: undefined };
  if (!isJsonObject(paging)) return undefined;
  if (isAbsent(paging.next)) return { results, after: undefined };
  const { after } = asJsonObject(paging.next);
  // Documented as an opaque text; an offset would be a number. A missing or empty one does not mean the last page.
  if (Number.isSafeInteger(after)) return { results, after: String(after) };
  return typeof after === 'string' && after !== '' ? { results, after } : undefined;
}

/** HubSpot documents no limit for names and labels (read 2026-11-23), and an item of the table has one. */
const MAX_TEXT = 250;

/** A text that people read. Half of a character would be stored as another one, and differ from itself every night. */
export function shorten(text: string | null | undefined): string {
  return (text ?? '').slice(0, MAX_TEXT).toWellFormed();
}
