import { type PortalId, parsePortalId } from '../domain/ids.ts';
import { UnreadableRequestError } from './http-errors.ts';

/** HubSpot puts the portal inside an origin. A body with this key has an unknown format. */
export const FLAT_PORTAL = 'origin.portalId';

/**
 * Strict UTF-8: a lenient decoder maps different bytes to the same text, so a forged body could have a valid hash.
 * @throws {UnreadableRequestError}
 */
export function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new UnreadableRequestError('The body is not JSON in UTF-8');
  }
}

/**
 * The one portal that a request is about, wherever the body names it.
 * @throws {UnreadableRequestError} if it names none, or two
 */
export function readPortalId(...named: readonly unknown[]): PortalId {
  const ids = new Set(named.filter((id) => id !== undefined && id !== null).map(parsePortalId));
  const [portalId] = ids;
  if (portalId === undefined || ids.size > 1) {
    throw new UnreadableRequestError('The portal id is not valid', ['origin.portalId']);
  }
  return portalId;
}
