import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a page cursor is valid for. */
export type Listing = {
  readonly portalId: number;
  readonly archived: boolean;
  /** What is listed, including filters. */
  readonly of: string;
};

export type Cursors = {
  /** `afterId` is the id after which the next page starts. */
  seal(listing: Listing, afterId: string): string;
  /** The ID to continue after; undefined for a cursor that was altered or belongs to another listing. */
  open(cursor: string, listing: Listing): string | undefined;
};

/**
 * Cursors that a client cannot read, invent or use for another listing. HubSpot calls `after` opaque (owners guide, read
 * 2026-11-23); signing them catches code that does arithmetic on them.
 */
export function createCursors(secret: string): Cursors {
  const sign = (payload: string): Buffer => createHmac('sha256', secret).update(payload).digest();

  return {
    seal({ portalId, archived, of }, afterId) {
      const payload = Buffer.from(JSON.stringify([portalId, archived, of, afterId])).toString('base64url');
      return `${payload}.${sign(payload).toString('base64url')}`;
    },
    open(cursor, { portalId, archived, of }) {
      const [payload = '', signature = '', ...rest] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(payload);
      if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const [sealedPortalId, sealedArchived, sealedOf, afterId] = JSON.parse(
        Buffer.from(payload, 'base64url').toString(),
      ) as [number, boolean, string, string];
      const sameListing = sealedPortalId === portalId && sealedArchived === archived && sealedOf === of;
      return sameListing ? afterId : undefined;
    },
  };
}
