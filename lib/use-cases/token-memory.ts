import type { PortalId } from '../domain/ids.ts';
import type { Grant, TokenRevision } from '../domain/portal.ts';
import type { PortalToken } from '../domain/ports.ts';

/** A portal's tokens as a container holds them, of the revision they came from, or are to replace while `unsaved`. */
export type HeldTokens = TokenRevision & {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAtEpochMs: number;
  readonly expiresAtEpochMs: number;
  /** Granted by HubSpot and not in the table, which could not be written. */
  readonly unsaved?: Grant;
  /** Until then they are used as they are, although a refresh or a save is due: it has just failed, or somebody is at it. */
  readonly restUntilEpochMs?: number;
  /** When this container last had tokens of the installation refreshed because HubSpot rejected one. */
  readonly renewedAtEpochMs?: number;
};

/** More portals than one container serves within the life of a token. */
const MAX_PORTALS = 1_000;

/** The tokens that a container holds; those that were unused for the longest make room. */
export function createTokenMemory() {
  const held = new Map<PortalId, HeldTokens>();
  return {
    find(portalId: PortalId): HeldTokens | undefined {
      const found = held.get(portalId);
      return found && keep(portalId, found);
    },
    keep,
    drop: (portalId: PortalId) => void held.delete(portalId),
  };

  function keep(portalId: PortalId, tokens: HeldTokens): HeldTokens {
    held.delete(portalId);
    held.set(portalId, tokens);
    const oldest = held.keys().next();
    if (held.size > MAX_PORTALS && oldest.done !== true) held.delete(oldest.value);
    return tokens;
  }
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

export function isResting({ restUntilEpochMs = 0 }: HeldTokens, nowEpochMs: number): boolean {
  return nowEpochMs < restUntilEpochMs;
}
