import type { PortalId } from '../../lib/domain/ids.ts';
import type { Portal, Portals } from '../../lib/domain/portal.ts';
import type { Now } from '../../lib/domain/ports.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakePortals = Portals & {
  readonly outage: Outage;
  /** The names of the calls that came, in order. */
  readonly calls: readonly (keyof Portals)[];
};

type Row = Portal & { readonly lease?: { readonly holderId: string; readonly endsAtEpochMs: number } };

/** The portals in a map. */
export function createFakePortals(now: Now): FakePortals {
  const rows = new Map<PortalId, Row>();
  const outage = makeOutage();
  const calls: (keyof Portals)[] = [];
  const ask = (call: keyof Portals) => {
    calls.push(call);
    outage.check();
  };
  const findConnected = (portalId: PortalId, version: number) => {
    const row = rows.get(portalId);
    return row?.version === version && row.disconnectedAtEpochMs === undefined ? row : undefined;
  };
  async function* list(isWanted: (row: Row) => boolean): AsyncGenerator<readonly PortalId[]> {
    const found = [...rows.values()].filter(isWanted).map(({ portalId }) => portalId);
    if (found.length > 0) yield found;
  }

  return {
    outage,
    calls,
    async read(portalId) {
      ask('read');
      const row = rows.get(portalId);
      if (row === undefined) return undefined;
      const { lease: _, ...portal } = row;
      return portal;
    },
    async connect(portalId, { scopes, tokens }, connectedAtEpochMs) {
      ask('connect');
      const version = (rows.get(portalId)?.version ?? 0) + 1;
      rows.set(portalId, { portalId, scopes, connectedAtEpochMs, tokens, version });
    },
    async takeTokenLease(portalId, holderId, version, leaseMs) {
      ask('takeTokenLease');
      const row = findConnected(portalId, version);
      if (row === undefined) return false;
      const { lease } = row;
      if (lease !== undefined && lease.holderId !== holderId && lease.endsAtEpochMs >= now()) return false;
      rows.set(portalId, { ...row, lease: { holderId, endsAtEpochMs: now() + leaseMs } });
      return true;
    },
    async releaseTokenLease(portalId, holderId) {
      ask('releaseTokenLease');
      const row = rows.get(portalId);
      if (row?.lease?.holderId !== holderId) return;
      const { lease: _, ...rest } = row;
      rows.set(portalId, rest);
    },
    async saveTokens(portalId, _holderId, version, { scopes, tokens }) {
      ask('saveTokens');
      const row = findConnected(portalId, version);
      if (row === undefined) return false;
      const { lease: _, ...rest } = row;
      rows.set(portalId, { ...rest, tokens, scopes: scopes ?? row.scopes, version: version + 1 });
      return true;
    },
    async disconnect(portalId, version, disconnectedAtEpochMs) {
      ask('disconnect');
      const row = findConnected(portalId, version);
      if (row !== undefined) rows.set(portalId, { ...row, disconnectedAtEpochMs });
    },
    async remove(portalId) {
      ask('remove');
      if (rows.get(portalId)?.disconnectedAtEpochMs !== undefined) rows.delete(portalId);
    },
    listConnected: () => list((row) => row.disconnectedAtEpochMs === undefined),
    listDisconnected: (beforeEpochMs) =>
      list((row) => (row.disconnectedAtEpochMs ?? Number.POSITIVE_INFINITY) < beforeEpochMs),
  };
}
