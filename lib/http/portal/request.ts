import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { type AliasName, readAliasName } from '../../domain/alias.ts';
import { parseChangeId } from '../../domain/change.ts';
import { type PortalId, parsePortalId, parseUserId, type UserId } from '../../domain/ids.ts';
import { UnreadableRequestError } from '../http-errors.ts';
import { bodyBytes, type HttpEvent } from '../http-event.ts';
import { readJson } from '../json-body.ts';

/** The user and the account, as HubSpot wrote them into the query that it signed. The body's values do not count. */
export type Asker = { readonly portalId: PortalId; readonly userId: UserId };

/** What `hubspot.fetch` appends (UI extensions, fetching data, read 2026-11-26). The page could append them, too. */
const APPENDED = ['portalId', 'userId', 'userEmail', 'appId'];
const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;

/** @throws {UnreadableRequestError} if one of them occurs twice, because we cannot know which one is HubSpot's */
export function readAsker(event: HttpEvent): Asker {
  const query = queryOf(event);
  const repeated = APPENDED.filter((name) => query.getAll(name).length > 1);
  const portalId = parsePortalId(query.get('portalId'));
  const userId = parseUserId(query.get('userId'));
  if (portalId === undefined || userId === undefined || repeated.length > 0) {
    const wrong = [portalId === undefined && 'portalId', userId === undefined && 'userId'].filter(
      (name) => name !== false,
    );
    throw new UnreadableRequestError('The query does not say who asks', [...new Set([...wrong, ...repeated])]);
  }
  return { portalId, userId };
}

/** A parameter that the page itself sends; undefined if it is absent or empty. */
export function readParameter(event: HttpEvent, name: string): string | undefined {
  const values = queryOf(event).getAll(name);
  if (values.length > 1) throw new UnreadableRequestError('A parameter is there twice', [name]);
  return values[0] || undefined;
}

export function readLimit(event: HttpEvent): number {
  const text = readParameter(event, 'limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw new UnreadableRequestError('The limit is not valid', ['limit']);
  return limit;
}

/** Where a page begins in a list that is read as a whole. */
export function readStart(event: HttpEvent): number {
  return readAfter(event, (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined)) ?? 0;
}

/**
 * Undefined for the first page.
 * @throws {UnreadableRequestError} if it is not one of our cursors: with the first page instead, a reader would loop
 */
export function readAfter<T>(event: HttpEvent, parse: (text: string) => T | undefined): T | undefined {
  const text = readParameter(event, 'after');
  if (text === undefined) return undefined;
  const after = parse(text);
  if (after === undefined) throw new UnreadableRequestError('The cursor is not valid', ['after']);
  return after;
}

/** For a request without a body. */
export function readChangeIdParameter(event: HttpEvent): string {
  const changeId = parseChangeId(readParameter(event, 'changeId'));
  if (changeId === undefined) throw new UnreadableRequestError('The change has no valid id', ['changeId']);
  return changeId;
}

const text = z.string().check(z.minLength(1), z.maxLength(1_024));
const changeId = z.string().check(z.refine((value) => parseChangeId(value) !== undefined));
const bodies = {
  successor: z.object({ changeId, successor: text }),
  alias: z.object({ changeId, alias: text, to: text }),
  // Of any length that a workflow may pass, because the step has an answer to each.
  lookup: z.object({ email: z.string() }),
  plan: z.object({ changeId, leaver: text, target: z.optional(text), clear: z.optional(z.literal(true)) }),
  start: z.object({ changeId, digest: z.string().check(z.regex(/^[0-9a-f]{16}$/)) }),
  change: z.object({ changeId }),
};

type Bodies = { readonly [Name in keyof typeof bodies]: z.output<(typeof bodies)[Name]> };

/** Unknown members are ignored. @throws {UnreadableRequestError} with the names of the wrong fields, never their values */
export function readBody<Name extends keyof Bodies>(event: HttpEvent, name: Name): Bodies[Name] {
  const parsed = bodies[name].safeParse(readJson(bodyBytes(event)));
  if (parsed.success) return parsed.data as Bodies[Name];
  throw new UnreadableRequestError('The body is not valid', [
    ...new Set(parsed.error.issues.map(({ path }) => path.join('.'))),
  ]);
}

/** @throws {UnreadableRequestError} */
export function demandField<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw new UnreadableRequestError('The body is not valid', [field]);
  return value;
}

/** A hash of the request and its user: the same change ID with another hash is another change. */
export function hashOf({ portalId, userId }: Asker, ...parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([portalId, userId, ...parts]))
    .digest('hex');
}

/** Names an alias in a URL without its address. */
export function aliasIdOf(portalId: PortalId, { alias }: { readonly alias: string }): string {
  return createHash('sha256').update(`${portalId} ${alias}`).digest('hex').slice(0, 32);
}

export function readAlias(value: string): AliasName {
  return demandField('alias', readAliasName(value));
}

function queryOf({ rawQueryString = '' }: HttpEvent): URLSearchParams {
  return new URLSearchParams(rawQueryString);
}
