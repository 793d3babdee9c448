import type { PortalId } from '../../domain/ids.ts';
import { LruMap } from '../../domain/lru-map.ts';
import type { Now } from '../../ports/telemetry.ts';

/** Refusals that a search by halving must leave for others. */
const RESERVE = 5;
/** The credit at the start, and its maximum. */
const MOST = 20;
/** HubSpot lists no app whose error responses reach 5 % of a day's calls (listing rules, read 2026-11-23). */
const EARNED_BY_A_SUCCESS = 0.03;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

type Account = { credit: number; pauseMs: number; tryAgainAtEpochMs: number };

/**
 * How many more completions HubSpot may refuse, for each portal and container. Every success earns a fraction of a refusal, so
 * that refusals stay a small part of the calls even if many records left their workflows. If the credit is used up, one more is
 * tried after each pause.
 */
export function createCompletionCredit(now: Now) {
  const accounts = new LruMap<PortalId, Account>();
  return {
    mayTry(portalId: PortalId): boolean {
      const { credit, tryAgainAtEpochMs } = accountOf(portalId);
      return credit >= 1 || now() >= tryAgainAtEpochMs;
    },
    /** Finding one among this many by halving costs one refusal for each halving. */
    mayHalve: (portalId: PortalId, among: number) =>
      accountOf(portalId).credit >= RESERVE + Math.ceil(Math.log2(among)),
    succeeded(portalId: PortalId): void {
      const account = accountOf(portalId);
      account.credit = Math.min(MOST, account.credit + EARNED_BY_A_SUCCESS);
      account.pauseMs = FIRST_PAUSE_MS;
    },
    refused(portalId: PortalId): void {
      const account = accountOf(portalId);
      account.credit = Math.max(0, account.credit - 1);
      if (account.credit >= 1) return;
      account.tryAgainAtEpochMs = now() + account.pauseMs;
      account.pauseMs = Math.min(account.pauseMs * 2, LONGEST_PAUSE_MS);
    },
  };

  function accountOf(portalId: PortalId): Account {
    const account = accounts.get(portalId) ?? { credit: MOST, pauseMs: FIRST_PAUSE_MS, tryAgainAtEpochMs: 0 };
    accounts.set(portalId, account);
    return account;
  }
}
