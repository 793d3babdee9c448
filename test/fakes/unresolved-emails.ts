import type { PortalId } from '../../lib/domain/ids.ts';
import type { Now } from '../../lib/domain/ports.ts';
import type { UnresolvedEmail, UnresolvedEmails } from '../../lib/domain/unresolved.ts';
import { makeOutage, type Outage } from './outage.ts';

const LIFETIME_MS = 30 * 86_400_000;

export type FakeUnresolvedEmails = UnresolvedEmails & { readonly outage: Outage };

/** Unresolved emails in a map of maps. */
export function createFakeUnresolvedEmails(now: Now): FakeUnresolvedEmails {
  const portals = new Map<PortalId, Map<string, UnresolvedEmail>>();
  const outage = makeOutage();
  const of = (portalId: PortalId) => {
    const emails = portals.get(portalId) ?? new Map<string, UnresolvedEmail>();
    portals.set(portalId, emails);
    return emails;
  };
  return {
    outage,
    async note(portalId, email, workflowId, atEpochMs) {
      outage.check();
      const before = of(portalId).get(email);
      const workflowIds = new Set([...(before?.workflowIds ?? []), ...(workflowId === '' ? [] : [workflowId])]);
      of(portalId).set(email, {
        email,
        count: (before?.count ?? 0) + 1,
        workflowIds: [...workflowIds].sort(),
        lastSeenAtEpochMs: atEpochMs,
      });
    },
    async list(portalId) {
      outage.check();
      return [...of(portalId).values()].filter(({ lastSeenAtEpochMs }) => lastSeenAtEpochMs + LIFETIME_MS > now());
    },
    async settle(portalId, reported) {
      outage.check();
      for (const { email, count } of reported) {
        const kept = of(portalId).get(email);
        if (kept?.count === count) of(portalId).delete(email);
        else if (kept !== undefined && kept.count > count)
          of(portalId).set(email, { ...kept, count: kept.count - count });
      }
    },
  };
}
