import { RECORDS_WITH_HISTORY_PER_BATCH } from '../../domain/batch-sizes.ts';
import { type OwnerReading, whenSet } from '../../domain/held-owner.ts';
import type { ObjectId } from '../../domain/ids.ts';
import type { Rewrite, RewriteBatch } from '../../ports/handovers.ts';
import type { BatchRefused, RecordBatches } from '../../ports/hubspot.ts';

/**
 * Gives the records of a batch another owner, as far as they still have the old one and nobody set it since. One call reads
 * them and one writes them. Done again after a crash, it counts what the first time wrote as done.
 *
 * HubSpot has no write with a condition: what somebody changes between our read and our write, which follow each other at once,
 * is overwritten.
 */
export function createRewriteBatch(batches: RecordBatches): RewriteBatch {
  return async function rewriteBatch(rewrite, noteWrites) {
    const run: Run = { rewrite, calls: 0, done: new Set(), refused: new Set() };
    const { ids } = rewrite.batch;
    const readings = await readAll(run, ids, false);
    const holding = [...readings].flatMap(([id, { value }]) => (value === rewrite.from ? [id] : []));
    const begun = await rewrite.findBegun();
    const given = [...readings].flatMap(([id, { value }]) => (value === rewrite.to ? [id] : []));
    // Written by a run before this one that did not live to say so, or by one beside it.
    for (const id of given) if (begun.has(id)) run.done.add(id);
    const unbegun = given.length - run.done.size;
    const movable = await findMovable(run, readings, holding);
    if (movable.length > 0) {
      await noteWrites(movable);
      await write(run, movable);
    }
    const missing = ids.filter((id) => !readings.has(id) && !run.refused.has(id)).length;
    const counted = run.done.size + run.refused.size + missing;
    return {
      counts: { done: run.done.size, refused: run.refused.size, missing, leftAlone: ids.length - counted },
      calls: run.calls,
      unbegun,
    };
  };

  /** Only where a record changed at all since then is its history worth a call. */
  async function findMovable(run: Run, readings: ReadonlyMap<ObjectId, OwnerReading>, holding: readonly ObjectId[]) {
    const { mayReplace, unchangedSinceEpochMs } = run.rewrite;
    const setAt = new Map(
      holding.map((id) => {
        const reading = readings.get(id);
        return [id, reading && whenSet(reading, unchangedSinceEpochMs)];
      }),
    );
    const unclear = holding.filter((id) => setAt.get(id) === undefined);
    for (let start = 0; start < unclear.length; start += RECORDS_WITH_HISTORY_PER_BATCH) {
      const some = unclear.slice(start, start + RECORDS_WITH_HISTORY_PER_BATCH);
      for (const [id, { value, changedAtEpochMs }] of await readAll(run, some, true)) {
        setAt.set(id, value === run.rewrite.from ? changedAtEpochMs : undefined);
      }
    }
    return holding.filter((id) => {
      const at = setAt.get(id);
      return at !== undefined && mayReplace(at);
    });
  }

  /** HubSpot refuses a batch for one bad record: it is halved until that one stands alone. */
  async function readAll(
    run: Run,
    ids: readonly ObjectId[],
    withHistory: boolean,
  ): Promise<Map<ObjectId, OwnerReading>> {
    const { portalId, batch, deadlineEpochMs } = run.rewrite;
    run.calls += 1;
    const answer = await batches.readOwners(
      portalId,
      batch.objectType,
      batch.property,
      ids,
      deadlineEpochMs,
      withHistory,
    );
    if (answer.kind === 'answered') return new Map(answer.owners);
    if (isFinal(answer, ids)) {
      for (const id of ids) run.refused.add(id);
      return new Map();
    }
    const [one, other] = halve(ids);
    const found = await readAll(run, one, withHistory);
    return new Map([...found, ...(await readAll(run, other, withHistory))]);
  }

  async function write(run: Run, ids: readonly ObjectId[]): Promise<void> {
    const { portalId, batch, to, deadlineEpochMs } = run.rewrite;
    run.calls += 1;
    const values = new Map(ids.map((id) => [id, to]));
    const answer = await batches.writeOwners(portalId, batch.objectType, batch.property, values, deadlineEpochMs);
    if (answer.kind === 'answered') {
      for (const id of ids) (answer.written.has(id) ? run.done : run.refused).add(id);
      return;
    }
    if (isFinal(answer, ids)) {
      for (const id of ids) run.refused.add(id);
      return;
    }
    const [one, other] = halve(ids);
    await write(run, one);
    await write(run, other);
  }
}

type Run = {
  readonly rewrite: Rewrite;
  calls: number;
  readonly done: Set<ObjectId>;
  readonly refused: Set<ObjectId>;
};

function isFinal({ shared }: BatchRefused, ids: readonly ObjectId[]): boolean {
  return shared !== undefined || ids.length === 1;
}

function halve<T>(all: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}
