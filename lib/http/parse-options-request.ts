import * as z from 'zod/mini';
import type { ObjectTypeId, PortalId } from '../domain/ids.ts';
import { parseObjectType } from '../domain/object-type.ts';
import { NOT_FLAT, parseJsonBody, readPortalId } from './json-body.ts';

/** The editor's question for the options of a field. */
export type OptionsRequest = {
  readonly portalId: PortalId;
  /** Undefined: missing, or a type that we do not know. */
  readonly objectType: ObjectTypeId | undefined;
  /** `''` when nothing is searched for. */
  readonly search: string;
  /** The cursor as it came, not opened yet; undefined on the first page. */
  readonly after: string | undefined;
};

const optionalText = z.optional(z.nullable(z.string()));

/**
 * External options payload (custom workflow actions guide and captures of 2024, read 2026-11-23). The guide puts the
 * portal into `origin`, captures also beside it. Unknown members are ignored, the values of other fields among them.
 */
const optionsBody = z.object({
  ...NOT_FLAT,
  origin: z.optional(z.nullable(z.object({ portalId: z.optional(z.unknown()) }))),
  portalId: z.optional(z.unknown()),
  objectTypeId: z.optional(z.unknown()),
  fetchOptions: z.optional(z.nullable(z.object({ q: optionalText, after: optionalText }))),
});

/**
 * Reads the body of a signed request for options.
 * @throws {UnreadableRequestError} when it is not UTF-8, not JSON, or names no portal or two
 */
export function parseOptionsRequest(body: Uint8Array): OptionsRequest {
  const read = parseJsonBody(body, optionsBody, 'The body is not a request for options');
  const { origin, portalId, objectTypeId, fetchOptions } = read;
  return {
    portalId: readPortalId(origin?.portalId, portalId),
    objectType: parseObjectType(objectTypeId),
    search: fetchOptions?.q ?? '',
    after: fetchOptions?.after || undefined,
  };
}
