import { chunk, divide, inHalves, RECORDS_WITH_HISTORY_PER_BATCH } from '../../domain/batches.ts';
import { isAboutOneRecord, isOutOfTime, mayBeAboutOne } from '../../domain/errors.ts';
import { freshUntil, isOldReading, type OwnerReading, whenSet } from '../../domain/held-owner.ts';
import type { ObjectId } from '../../domain/ids.ts';
import { OFTEN_REQUEUED } from '../../domain/requeue.ts';
import type { Rewrite, RewriteBatch } from '../../ports/handovers.ts';
import type { BatchRefused, ReadOptions, RecordBatches } from '../../ports/hubspot.ts';
import type { Now } from '../../ports/telemetry.ts';

/**
 * Gives the records of a batch another owner, if they still have the old one and nobody set it since. One call reads them, one
 * writes them. A repetition after a crash counts the records that the first run wrote as done.
 *
 * HubSpot has no conditional write, so a change between our read and our write is overwritten. The write follows the read at
 * once, or within seconds if others use up the limit.
 *
 * A record that is busy, or for which HubSpot fails repeatedly, does not stop the others. It is retried with the whole batch, and
 * counts as refused after many retries. A record that a batch does not confirm is read again, and written alone if need be.
 */
export function createRewriteBatch(batches: RecordBatches, now: Now): RewriteBatch {
  return async function rewriteBatch(rewrite, noteWrites) {
    const run: Run = { rewrite, calls: 0, readings: new Map(), done: new Set(), refused: new Set(), busy: undefined };
    const { ids } = rewrite.batch;
    const { readings } = run;
    const { movable, readAtEpochMs } = await readMovable(run, ids);
    const ours = new Set(await rewrite.findBegun());
    if (movable.length > 0) {
      for (const id of movable) ours.add(id);
      await noteWrites(movable);
      await write(run, movable, readAtEpochMs);
    }
    const given = [...readings].flatMap(([id, { value }]) => (value === rewrite.to ? [id] : []));
    // Written by another run, which crashed before it could save that or still runs.
    for (const id of given) if (ours.has(id)) run.done.add(id);
    const unbegun = given.filter((id) => !ours.has(id));
    const unmoved = await countUnmoved(run, unbegun);
    if (run.busy !== undefined) throw run.busy;
    const missing = ids.filter((id) => !readings.has(id) && !run.refused.has(id)).length;
    const counted = run.done.size + run.refused.size + missing + unmoved;
    return {
      counts: { done: run.done.size, refused: run.refused.size, missing, leftAlone: ids.length - counted },
      calls: run.calls,
      unbegun: unbegun.length,
    };
  };

  /**
   * A history costs a call, so it is read only for records that changed since. A newer reading replaces the one in `readings`.
   */
  async function readMovable(run: Run, ids: readonly ObjectId[]) {
    const { from, mayReplace, unchangedSinceEpochMs } = run.rewrite;
    const { readings } = run;
    const found = await readAll(run, ids);
    const readAtEpochMs = now();
    const setAt = new Map<ObjectId, number | undefined>();
    for (const id of ids) readings.delete(id);
    for (const [id, reading] of found) {
      readings.set(id, reading);
      if (reading.value === from) setAt.set(id, whenSet(reading, unchangedSinceEpochMs));
    }
    const unclear = [...setAt].flatMap(([id, at]) => (at === undefined ? [id] : []));
    for (const some of chunk(unclear, RECORDS_WITH_HISTORY_PER_BATCH)) {
      for (const [id, reading] of await readAll(run, some, { withHistory: true })) {
        const { value, changedAtEpochMs } = reading;
        readings.set(id, reading);
        setAt.set(id, value === from ? changedAtEpochMs : undefined);
      }
    }
    const movable = [...setAt].flatMap(([id, at]) => (at !== undefined && mayReplace(at) ? [id] : []));
    return { movable, readAtEpochMs };
  }

  /** HubSpot refused the write of these records, or the run was stopped or crashed before it. */
  async function countUnmoved(run: Run, ids: readonly ObjectId[]): Promise<number> {
    const { movedSinceEpochMs: since } = run.rewrite;
    if (since === undefined) return 0;
    const timeOf = (id: ObjectId) => {
      const reading = run.readings.get(id);
      return reading && whenSet(reading, since);
    };
    const unclear = ids.filter((id) => timeOf(id) === undefined);
    for (const some of chunk(unclear, RECORDS_WITH_HISTORY_PER_BATCH)) {
      for (const [id, reading] of await readAll(run, some, { withHistory: true })) run.readings.set(id, reading);
    }
    return ids.filter((id) => (timeOf(id) ?? since) < since).length;
  }

  async function readAll(
    run: Run,
    all: readonly ObjectId[],
    options?: ReadOptions,
  ): Promise<Map<ObjectId, OwnerReading>> {
    const { portalId, batch, deadline } = run.rewrite;
    const found = new Map<ObjectId, OwnerReading>();
    const read = attempting(run, async (ids) => {
      const answer = await batches.readOwners({ ...batch, portalId }, ids, deadline, options);
      if (answer.kind === 'refused') return refuse(run, answer, ids);
      // HubSpot may answer with the record into which the requested one was merged. That record is not in the plan under this
      // ID.
      for (const id of ids) {
        const reading = answer.owners.get(id);
        if (reading !== undefined) found.set(id, reading);
      }
      return 'done';
    });
    await inHalves(all, read);
    // HubSpot may leave out records that it has.
    const absent = all.filter((id) => !found.has(id) && !run.refused.has(id));
    if (absent.length > 0) await inHalves(absent, read);
    return found;
  }

  async function write(run: Run, all: readonly ObjectId[], readAtEpochMs: number): Promise<void> {
    const { portalId, batch, to, deadline } = run.rewrite;
    const open = new Set(all);
    await inHalves(
      all,
      attempting(run, async (some) => {
        const ids = some.filter((id) => open.has(id));
        if (ids.length === 0) return 'done';
        // During a flood, a permit may take minutes, and many halves take long.
        const isOld = isOldReading(readAtEpochMs, now());
        const last = isOld ? await readMovable(run, ids) : { movable: ids, readAtEpochMs };
        if (last.movable.length === 0) return 'done';
        const values = new Map(last.movable.map((id) => [id, to]));
        const until = freshUntil(last.readAtEpochMs);
        const answer = await batches.writeOwners({ ...batch, portalId }, values, deadline, until);
        if (answer.kind === 'refused') return refuse(run, answer, last.movable);
        const [confirmed, unconfirmed] = divide(last.movable, (id) => answer.written.has(id));
        for (const id of last.movable) open.delete(id);
        for (const id of confirmed) run.done.add(id);
        if (unconfirmed.length === 0) return 'done';
        // HubSpot may have written them, or may write each of them in another call.
        const { movable } = await readMovable(run, unconfirmed);
        for (const id of movable) open.add(id);
        return movable.length > 0 && ids.length > 1 ? 'refused' : refuse(run, {}, movable);
      }),
    );
  }
}

/** After an hour and a half, nobody is still editing a locked record. */
const TOO_OFTEN = 10;

type Attempt = (ids: readonly ObjectId[]) => Promise<'refused' | 'done'>;

/** Makes `call`, and treats a fault that one record may cause as a refusal. */
function attempting(run: Run, call: Attempt): Attempt {
  const { failures } = run.rewrite;
  const hasFailedOften = failures >= OFTEN_REQUEUED;
  /** HubSpot has answered such a call, so a later failure is not an outage. */
  let isAnswered = false;
  return async function attempt(ids): Promise<'refused' | 'done'> {
    try {
      run.calls += 1;
      const ended = await call(ids);
      isAnswered = true;
      return ended;
    } catch (error) {
      const mayBeOneRecord = hasFailedOften ? mayBeAboutOne(error) : isAboutOneRecord(error);
      if (!mayBeOneRecord || isOutOfTime(error)) throw error;
      if (ids.length <= 1) return giveUpOn(ids, error);
      // If HubSpot is down, it refuses this one alone, too. Each run asks for another one.
      const probe = failures % ids.length;
      if (hasFailedOften && !isAnswered) await attempt(ids.slice(probe, probe + 1));
      return 'refused';
    }
  };

  /** A record that fails alone. At first the whole batch is retried for it, and after many retries it counts as refused. */
  function giveUpOn(ids: readonly ObjectId[], error: unknown): 'refused' | 'done' {
    const isLockedForLong = isAboutOneRecord(error) && failures >= TOO_OFTEN;
    const mayBeOutage = hasFailedOften ? !isLockedForLong : run.busy !== undefined;
    if (mayBeOutage && !isAnswered) throw error;
    if (!hasFailedOften) run.busy = error;
    return refuse(run, {}, ids);
  }
}

type Run = {
  readonly rewrite: Rewrite;
  calls: number;
  /** The latest reading of each record that HubSpot has. */
  readonly readings: Map<ObjectId, OwnerReading>;
  readonly done: Set<ObjectId>;
  readonly refused: Set<ObjectId>;
  /** Thrown after the others are done, so that all are retried. */
  busy: unknown;
};

/** If all records of a batch share the reason, halving does not help. */
function refuse(run: Run, { shared }: Pick<BatchRefused, 'shared'>, ids: readonly ObjectId[]): 'refused' | 'done' {
  if (shared === undefined && ids.length > 1) return 'refused';
  for (const id of ids) run.refused.add(id);
  return 'done';
}
