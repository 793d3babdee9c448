import type { PortalId } from '../../lib/domain/ids.ts';
import type { UnresolvedEmail } from '../../lib/domain/unresolved-email.ts';
import type { UnresolvedEmails } from '../../lib/ports/store.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
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
    async note(portalId, email, workflowId, atEpochMs, formerOf) {
      outage.check();
      const name = nameOf({ email, ...(formerOf !== undefined && { formerOf }) });
      const before = of(portalId).get(name);
      const workflowIds = new Set([...(before?.workflowIds ?? []), ...(workflowId === '' ? [] : [workflowId])]);
      of(portalId).set(name, {
        email,
        count: (before?.count ?? 0) + 1,
        workflowIds: [...workflowIds].sort(),
        lastSeenAtEpochMs: atEpochMs,
        ...(formerOf !== undefined && { formerOf }),
      });
    },
    async list(portalId) {
      outage.check();
      return [...of(portalId).values()].filter(({ lastSeenAtEpochMs }) => lastSeenAtEpochMs + LIFETIME_MS > now());
    },
    async listSome(portalId) {
      return { emails: await this.list(portalId), isAll: true };
    },
    async removeReported(portalId, reported) {
      outage.check();
      for (const told of reported) {
        const name = nameOf(told);
        const kept = of(portalId).get(name);
        if (kept?.count === told.count) of(portalId).delete(name);
        else if (kept !== undefined && kept.count > told.count)
          of(portalId).set(name, { ...kept, count: kept.count - told.count });
      }
    },
  };
}

function nameOf({ email, formerOf }: Pick<UnresolvedEmail, 'email' | 'formerOf'>): string {
  return JSON.stringify([email, formerOf !== undefined]);
}
