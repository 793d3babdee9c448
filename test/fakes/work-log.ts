import type { OwnWrite } from '../../lib/domain/held-owner.ts';
import type { WorkLog } from '../../lib/ports/executions.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeWorkLog = WorkLog & { readonly outage: Outage };

type Entry<T> = { readonly portalId: string; readonly atEpochMs: number; readonly value: T };

/** The work log in two lists. */
export function createFakeWorkLog(now: Now): FakeWorkLog {
  const written: Entry<Omit<OwnWrite, 'atEpochMs'>>[] = [];
  const completed: Entry<string>[] = [];
  const blocked: Entry<string>[] = [];
  const outage = makeOutage();
  return {
    outage,
    async noteWrites(portalId, writes, atEpochMs = now()) {
      outage.check();
      written.push(...writes.map((value) => ({ portalId, atEpochMs, value })));
    },
    async findWrites(portalId, sinceEpochMs) {
      outage.check();
      return of(written, portalId, sinceEpochMs).map(({ atEpochMs, value }) => ({ ...value, atEpochMs }));
    },
    async noteCompleted(portalId, callbackIds) {
      outage.check();
      completed.push(...callbackIds.map((value) => ({ portalId, atEpochMs: now(), value })));
    },
    async findCompleted(portalId, sinceEpochMs) {
      outage.check();
      return new Set(of(completed, portalId, sinceEpochMs).map(({ value }) => value));
    },
    async noteBlocked(portalId, callbackIds) {
      outage.check();
      blocked.push(...callbackIds.map((value) => ({ portalId, atEpochMs: now(), value })));
    },
    async findBlocked(portalId, sinceEpochMs) {
      outage.check();
      return new Map(of(blocked, portalId, sinceEpochMs).map(({ value, atEpochMs }) => [value, atEpochMs]));
    },
  };
}

function of<T>(entries: readonly Entry<T>[], portalId: string, sinceEpochMs: number): Entry<T>[] {
  return entries.filter((entry) => entry.portalId === portalId && entry.atEpochMs >= sinceEpochMs);
}
