import { farthestEpochMs } from '../../lib/domain/ages.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import type { Portal, TokenRevision } from '../../lib/domain/portal.ts';
import type { Portals } from '../../lib/ports/portals.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
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
  let installs = 0;
  const findSeen = (portalId: PortalId, seen: TokenRevision) => {
    const row = rows.get(portalId);
    return row?.version === seen.version && row.installationId === seen.installationId ? row : undefined;
  };
  const findConnected = (portalId: PortalId, seen: TokenRevision) => {
    const row = findSeen(portalId, seen);
    return row?.disconnectedAtEpochMs === undefined ? row : undefined;
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
      installs += 1;
      rows.set(portalId, {
        portalId,
        installationId: `installation-${installs}`,
        scopes,
        connectedAtEpochMs,
        tokens,
        version,
      });
    },
    async takeTokenLease(portalId, holderId, seen, leaseMs) {
      ask('takeTokenLease');
      const row = findConnected(portalId, seen);
      if (row === undefined) return false;
      const { lease } = row;
      const isHeld =
        lease !== undefined && lease.endsAtEpochMs >= now() && lease.endsAtEpochMs <= farthestEpochMs(now());
      if (isHeld && lease.holderId !== holderId) return false;
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
    async saveTokens(portalId, _holderId, seen, { scopes, tokens, isRotated = false }) {
      ask('saveTokens');
      const row = isRotated ? findSeen(portalId, seen) : findConnected(portalId, seen);
      if (row === undefined) return false;
      const { lease: _, disconnectedAtEpochMs: _since, ...rest } = row;
      rows.set(portalId, { ...rest, tokens, scopes: scopes ?? row.scopes, version: row.version + 1 });
      return true;
    },
    async disconnect(portalId, seen, disconnectedAtEpochMs) {
      ask('disconnect');
      const row = findConnected(portalId, seen);
      if (row !== undefined) rows.set(portalId, { ...row, disconnectedAtEpochMs });
    },
    async forget(portalId, installationId, forgottenAtEpochMs) {
      ask('forget');
      const row = rows.get(portalId);
      if ((row?.installationId ?? '') !== installationId) return row?.forgottenAtEpochMs !== undefined;
      rows.set(portalId, {
        portalId,
        installationId: '',
        scopes: [],
        connectedAtEpochMs: 0,
        disconnectedAtEpochMs: forgottenAtEpochMs,
        forgottenAtEpochMs,
        tokens: { ciphertext: '', issuedAtEpochMs: 0, expiresAtEpochMs: 0 },
        version: (row?.version ?? 0) + 1,
      });
      return true;
    },
    async remove(portalId) {
      ask('remove');
      if (rows.get(portalId)?.disconnectedAtEpochMs !== undefined) rows.delete(portalId);
    },
    listConnected: () => list((row) => row.disconnectedAtEpochMs === undefined),
    listDisconnected: (beforeEpochMs) =>
      list(
        (row) =>
          row.forgottenAtEpochMs !== undefined ||
          (row.disconnectedAtEpochMs ?? Number.POSITIVE_INFINITY) < beforeEpochMs,
      ),
  };
}
