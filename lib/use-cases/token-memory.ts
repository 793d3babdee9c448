import type { PortalId } from '../domain/ids.ts';
import type { Grant } from '../domain/portal.ts';
import type { PortalToken } from '../domain/ports.ts';

/** A portal's tokens as a container holds them. */
export type HeldTokens = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAtEpochMs: number;
  readonly expiresAtEpochMs: number;
  /** The version of the row they came from, or that they are to replace while `unsaved`. */
  readonly version: number;
  /** Granted by HubSpot and not in the table, which could not be written. */
  readonly unsaved?: Grant;
  /** Until then they are used as they are, although a refresh or a save is due: it has just failed, or somebody is at it. */
  readonly restUntilEpochMs?: number;
};

export type Remembered =
  | { readonly kind: 'held'; readonly tokens: HeldTokens }
  | { readonly kind: 'notConnected'; readonly untilEpochMs: number };

/** More portals than one container serves within the life of a token. */
const MAX_PORTALS = 1_000;

/** What a container knows of portals; the one that was unused for the longest makes room. */
export function createTokenMemory() {
  const remembered = new Map<PortalId, Remembered>();
  return {
    find(portalId: PortalId): Remembered | undefined {
      const found = remembered.get(portalId);
      if (found !== undefined) {
        remembered.delete(portalId);
        remembered.set(portalId, found);
      }
      return found;
    },
    keep(portalId: PortalId, what: Remembered): void {
      remembered.delete(portalId);
      remembered.set(portalId, what);
      const oldest = remembered.keys().next();
      if (remembered.size > MAX_PORTALS && oldest.done !== true) remembered.delete(oldest.value);
    },
  };
}

export type TokenMemory = ReturnType<typeof createTokenMemory>;

export function toPortalToken({ accessToken, issuedAtEpochMs }: HeldTokens): PortalToken {
  return { value: accessToken, issuedAtEpochMs };
}

const REFRESH_EARLY_MS = 5 * 60_000;

/** Five minutes before the end: a sixth of HubSpot's half hour, and of whatever else it grants. */
export function isDue({ issuedAtEpochMs, expiresAtEpochMs }: HeldTokens, nowEpochMs: number): boolean {
  return nowEpochMs >= expiresAtEpochMs - Math.min(REFRESH_EARLY_MS, (expiresAtEpochMs - issuedAtEpochMs) / 6);
}

/** Whether there is time left on the access token, and HubSpot has not just rejected it. */
export function isUsable(tokens: HeldTokens, nowEpochMs: number, rejected?: PortalToken): boolean {
  return nowEpochMs < tokens.expiresAtEpochMs && tokens.accessToken !== rejected?.value;
}
