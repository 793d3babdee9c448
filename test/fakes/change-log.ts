import { farthestEpochMs } from '../../lib/domain/ages.ts';
import type { Change, ChangeAnswer, RecordedChange } from '../../lib/domain/change.ts';
import type { ChangeLog } from '../../lib/ports/page.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { makeOutage, type Outage } from './outage.ts';

const LIFETIME_MS = 90 * 86_400_000;

type Entry = RecordedChange & {
  readonly writerId: string;
  readonly payloadHash: string;
  readonly leaseEndsAtEpochMs: number;
  readonly beganAtEpochMs: number;
  readonly draft?: Change;
  readonly answer?: ChangeAnswer;
};

export type FakeChangeLog = ChangeLog & { readonly outage: Outage };

/** The log of changes in a map: one thread, so every step is atomic. */
export function createFakeChangeLog(now: Now): FakeChangeLog {
  const entries = new Map<string, Entry>();
  const noted: { readonly portalId: string; readonly change: Change; readonly atEpochMs: number }[] = [];
  const outage = makeOutage();
  const keyOf = (portalId: string, changeId: string) => JSON.stringify([portalId, changeId]);
  const isKept = ({ atEpochMs }: Entry) => atEpochMs + LIFETIME_MS > now();
  const running = (portalId: string, { changeId, writerId }: { changeId: string; writerId: string }) => {
    const entry = entries.get(keyOf(portalId, changeId));
    return entry?.writerId === writerId && entry.answer === undefined ? entry : undefined;
  };
  return {
    outage,
    async begin(portalId, { changeId, userId, payloadHash, writerId, leaseMs }) {
      outage.check();
      const key = keyOf(portalId, changeId);
      const standing = entries.get(key);
      const earlier = standing?.payloadHash === payloadHash ? standing : undefined;
      const { draft, beganAtEpochMs } = earlier ?? {};
      const known = { ...(draft !== undefined && { draft }), ...(beganAtEpochMs !== undefined && { beganAtEpochMs }) };
      const started = { kind: 'started', ...known } as const;
      if (standing !== undefined && isKept(standing)) {
        if (standing.writerId === writerId) return started;
        if (standing.payloadHash !== payloadHash) return { kind: 'conflict' };
        if (standing.answer !== undefined) return { kind: 'done', answer: standing.answer };
        const { leaseEndsAtEpochMs: endsAt } = standing;
        if (endsAt >= now() && endsAt <= farthestEpochMs(now())) return { kind: 'running' };
      }
      const change = { action: 'refresh' } as const;
      const leaseEndsAtEpochMs = now() + leaseMs;
      const times = { atEpochMs: now(), doneAtEpochMs: now(), leaseEndsAtEpochMs };
      const entry = { changeId, userId, payloadHash, writerId, change, ...times };
      entries.set(key, { beganAtEpochMs: now(), ...entry, ...known });
      return started;
    },
    async saveDraft(portalId, delivery, draft) {
      outage.check();
      const mine = running(portalId, delivery);
      if (mine !== undefined) entries.set(keyOf(portalId, delivery.changeId), { ...mine, draft });
    },
    async finish(portalId, delivery, change, answer) {
      outage.check();
      const mine = running(portalId, delivery);
      if (mine !== undefined)
        entries.set(keyOf(portalId, delivery.changeId), { ...mine, change, answer, doneAtEpochMs: now() });
    },
    async release(portalId, delivery) {
      outage.check();
      const mine = running(portalId, delivery);
      if (mine === undefined) return;
      entries.set(keyOf(portalId, delivery.changeId), { ...mine, writerId: '', leaseEndsAtEpochMs: 0 });
    },
    async note(portalId, change) {
      outage.check();
      noted.push({ portalId, change, atEpochMs: now() });
    },
    async findSince(portalId, sinceEpochMs) {
      const own = noted.filter((one) => one.portalId === portalId && one.atEpochMs >= sinceEpochMs);
      const done = (await this.list(portalId)).filter(({ doneAtEpochMs }) => doneAtEpochMs >= sinceEpochMs);
      return [...done, ...own].map(({ change }) => change);
    },
    async list(portalId) {
      outage.check();
      return [...entries]
        .filter(([key, entry]) => JSON.parse(key)[0] === portalId && isKept(entry))
        .flatMap(([, { changeId, userId, atEpochMs, doneAtEpochMs, change, answer }]) => {
          const isDone = answer !== undefined && answer.status !== 'refused';
          return isDone ? [{ changeId, userId, atEpochMs, doneAtEpochMs, change }] : [];
        })
        .sort((a, b) => b.atEpochMs - a.atEpochMs);
    },
  };
}
