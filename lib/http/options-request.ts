import { createHmac, hkdfSync } from 'node:crypto';
import * as z from 'zod/mini';
import { type ObjectTypeId, type PortalId, parseObjectType } from '../domain/ids.ts';
import { normalizeSearch, type OwnerProperty } from '../domain/owner-property.ts';
import { equalInConstantTime, type SignatureSecrets } from '../hubspot/signature.ts';
import { UnreadableRequestError } from './http-errors.ts';
import { FLAT_PORTAL, readJson, readPortalId } from './json-body.ts';

/** The editor's request for the options of a field. */
export type OptionsRequest = {
  readonly portalId: PortalId;
  /** Undefined: missing, or an unknown type. */
  readonly objectType: ObjectTypeId | undefined;
  /** `''` if there is no search. */
  readonly search: string;
  /** The cursor as received, not decoded yet; undefined on the first page. */
  readonly after: string | undefined;
};

const optionalText = z.optional(z.nullable(z.string()));

/**
 * External options payload (custom workflow actions guide and captures of 2024, read 2026-11-23). In the guide, the portal is
 * inside `origin`; in captures, it is also outside. Unknown members are ignored, and so are the values of other fields.
 */
const optionsBody = z.object({
  [FLAT_PORTAL]: z.optional(z.never()),
  origin: z.optional(z.nullable(z.object({ portalId: z.optional(z.unknown()) }))),
  portalId: z.optional(z.unknown()),
  objectTypeId: z.optional(z.unknown()),
  fetchOptions: z.optional(z.nullable(z.object({ q: optionalText, after: optionalText }))),
});

/**
 * Reads the body of a signed request for options.
 * @throws {UnreadableRequestError} if it is not UTF-8 or JSON, or names no portal or two
 */
export function parseOptionsRequest(body: Uint8Array): OptionsRequest {
  const parsed = optionsBody.safeParse(readJson(body));
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new UnreadableRequestError('The body is not a request for options', fields);
  }
  const { origin, portalId, objectTypeId, fetchOptions } = parsed.data;
  // HubSpot also signs flat bodies, which workflows of any account can send. The editor's request contains an object.
  const isFlat = !origin && !fetchOptions;
  return {
    portalId: readPortalId(origin?.portalId, isFlat ? undefined : portalId),
    objectType: parseObjectType(objectTypeId),
    search: fetchOptions?.q ?? '',
    after: fetchOptions?.after || undefined,
  };
}

/** The list that a cursor belongs to. It is invalid for any other list. */
export type CursorScope = Pick<OptionsRequest, 'portalId' | 'objectType' | 'search'>;

/** Separates this key from every other use of the client secret. A new cursor format needs a new text. */
const KEY_PURPOSE = 'owner-properties cursor v1';

const position = z.tuple([z.string(), z.string()]);

/** Stores where a page ended, signed, so that only we can create it. HubSpot sends it back unread for the next page. */
export function encodeCursor({ name, label }: OwnerProperty, scope: CursorScope, secrets: SignatureSecrets): string {
  const content = Buffer.from(JSON.stringify([name, label])).toString('base64url');
  return `${content}.${sign(content, scope, secrets.current)}`;
}

/**
 * The property after which the next page begins. The signature covers the exact text, so no two cursors mean the same. Cursors
 * that were made with the previous client secret are valid as long as that secret is.
 * @throws {UnreadableRequestError} if we did not make it, or made it for another portal, object type or search
 */
export function decodeCursor(cursor: string, scope: CursorScope, secrets: SignatureSecrets): OwnerProperty {
  const [content = '', signature = '', ...more] = cursor.split('.');
  const accepted = [secrets.current, secrets.previous]
    .filter((secret) => secret !== undefined)
    .some((secret) => equalInConstantTime(signature, sign(content, scope, secret)));
  if (more.length > 0 || !accepted) throw invalid();
  const parsed = position.safeParse(JSON.parse(Buffer.from(content, 'base64url').toString()));
  if (!parsed.success) throw invalid();
  const [name, label] = parsed.data;
  return { name, label };
}

function sign(content: string, { portalId, objectType, search }: CursorScope, secret: string): string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', KEY_PURPOSE, 32));
  const signed = JSON.stringify([portalId, objectType ?? '', normalizeSearch(search), content]);
  return createHmac('sha256', key).update(signed).digest('base64url');
}

function invalid(): UnreadableRequestError {
  return new UnreadableRequestError('The cursor is not valid', ['fetchOptions.after']);
}
