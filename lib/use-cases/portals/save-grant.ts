import { describeError } from '../../domain/describe-error.ts';
import { AppError, TokenCipherError } from '../../domain/errors.ts';
import { encryptGrant, type TokenCipher } from '../../domain/portal.ts';
import type { Portals } from '../../ports/portals.ts';
import type { GrantToSave, SaveGrant, SaveOutcome } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type SaveGrantDeps = Needs<'now' | 'sleep' | 'metrics' | 'log'> & {
  readonly portals: Pick<Portals, 'saveTokens'>;
  readonly cipher: TokenCipher;
};

const MAX_RETRIES = 3;
const FIRST_WAIT_MS = 100;

/**
 * Stores a refreshed grant. HubSpot may have invalidated the refresh token before it, so a failed save is retried immediately and
 * then logged as an error. Does not throw if the store or the key is unavailable.
 */
export function createSaveGrant({ portals, cipher, now, sleep, metrics, log }: SaveGrantDeps): SaveGrant {
  return async function saveGrant(order) {
    const { portalId, seen, deadline } = order;
    for (let retry = 0; ; retry += 1) {
      const outcome = await trySaving(order);
      if (outcome !== undefined) return outcome;
      const waitMs = FIRST_WAIT_MS * 2 ** retry;
      if (retry >= MAX_RETRIES || now() + waitMs >= deadline) break;
      await sleep(waitMs);
    }
    metrics.count('TokenSaveFailed');
    log.error('new tokens of a portal could not be stored', { portalId, version: seen.version });
    return 'failed';
  };

  async function trySaving(order: GrantToSave): Promise<SaveOutcome | undefined> {
    const { portalId, holderId, seen, grant, issuedAtEpochMs } = order;
    try {
      const tokens = await encryptGrant(cipher, portalId, grant, issuedAtEpochMs);
      const { scopes, isRotated } = grant;
      const change = { tokens, isRotated, ...(scopes !== undefined && { scopes }) };
      return (await portals.saveTokens(portalId, holderId, seen, change)) ? 'saved' : 'replaced';
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof TokenCipherError) metrics.count('TokenCipherFailed');
      log.warn('storing new tokens failed', { portalId, ...describeError(error) });
      return undefined;
    }
  }
}
