import { chunk, RECORDS_PER_BATCH } from '../../domain/batches.ts';
import { MissingScopesError } from '../../domain/errors.ts';
import { BATCH_CALLS, type Handover, type HandoverBatch, type OpenPart } from '../../domain/handover.ts';
import type { ObjectId, PortalId } from '../../domain/ids.ts';
import type { HandoverStep, Handovers, ListParts, RecordSearch } from '../../ports/handovers.ts';

export type PlanPageDeps = {
  readonly listParts: ListParts;
  readonly search: Pick<RecordSearch, 'findOwned'>;
  readonly handovers: Pick<Handovers, 'read' | 'saveBatch'>;
};

/**
 * One step of a plan: lists the owner properties first, then reads one page of records that the leaver owns. The records are
 * stored as batches, so that exactly these are moved later. A repeated step, and one of another run at the same time, may find
 * other records, so it counts what was stored first.
 * @returns the handover after the step, which the caller saves
 */
export function createPlanPage({ listParts, search, handovers }: PlanPageDeps): HandoverStep {
  return async function planPage(portalId, handover, deadline) {
    if (handover.openParts === undefined) {
      const { parts, unreadable, calls } = await listParts(portalId, deadline);
      return { ...handover, openParts: parts, unreadable, calls: handover.calls + calls };
    }
    const [part] = handover.openParts;
    if (part === undefined) return { ...handover, status: 'planned' };
    if (isSpent(handover)) return { ...withFound(handover, part), status: 'planned' };
    const { leaverId, found } = handover;
    const asked = { ...handover, calls: handover.calls + 1 };
    let ids: readonly ObjectId[] | undefined;
    try {
      ids = await search.findOwned({ ...part, portalId }, leaverId, found.lastId, deadline);
    } catch (error) {
      if (!(error instanceof MissingScopesError)) throw error;
      return closeUnreadable(asked, part, error.scopes);
    }
    if (ids === undefined) return closeProperty(asked, part);
    if (ids.length === 0) return closePart(asked, part);
    let next: Handover = asked;
    for (const batch of toBatches(part, ids)) {
      const stored = await store(portalId, next, batch);
      if (stored === undefined) return asked;
      const lastId = stored.ids.at(-1);
      const records = next.found.records + stored.ids.length;
      next = { ...next, batches: next.batches + 1, found: { ...(lastId !== undefined && { lastId }), records } };
      // The next page begins behind the records of the other run.
      if (stored !== batch) break;
    }
    return next;
  };

  /** @returns the stored batch, which may be another run's; undefined if another run is ahead, so that the step cannot be saved */
  async function store(portalId: PortalId, handover: Handover, batch: HandoverBatch) {
    const ref = { portalId, handoverId: handover.id, number: handover.batches };
    const isOfPart = (other: HandoverBatch) =>
      other.objectType === batch.objectType && other.property === batch.property;
    let standing = await handovers.saveBatch(ref, batch);
    while (!isOfPart(standing)) {
      const saved = await handovers.read(portalId, handover.id);
      const isAhead = saved === undefined || saved.openParts?.length !== handover.openParts?.length;
      if (isAhead) return undefined;
      // Left by a run that crashed, or that was late.
      standing = await handovers.saveBatch(ref, batch, standing);
    }
    return standing;
  }
}

/** The records that were found so far need all calls of the night. The next night finds the rest. */
function isSpent({ maxCalls, calls, batches }: Handover): boolean {
  return maxCalls !== undefined && calls + batches * BATCH_CALLS >= maxCalls;
}

function toBatches({ objectType, property }: OpenPart, ids: readonly ObjectId[]): HandoverBatch[] {
  return chunk(ids, RECORDS_PER_BATCH).map((some) => ({ objectType, property, ids: some }));
}

function closePart(handover: Handover, part: OpenPart): Handover {
  const { emptyParts = [], openParts = [], found, maxCalls } = handover;
  // The next night searches all of them again.
  const isEmpty = found.records === 0 && maxCalls === undefined;
  return {
    ...withFound(handover, part),
    ...(isEmpty && { emptyParts: [...emptyParts, part] }),
    openParts: openParts.slice(1),
  };
}

/** Other properties of the object may still be searchable. */
function closeProperty(handover: Handover, part: OpenPart): Handover {
  const { unreadable, openParts = [] } = handover;
  return {
    ...withFound(handover, part),
    unreadable: [...unreadable, { ...part, scopes: [], why: 'notSearchable' }],
    openParts: openParts.slice(1),
  };
}

/** The properties of an object need one scope, its records another. */
function closeUnreadable(handover: Handover, part: OpenPart, scopes: readonly string[]): Handover {
  const { unreadable, openParts = [] } = handover;
  return {
    ...withFound(handover, part),
    unreadable: [...unreadable, { objectType: part.objectType, scopes }],
    openParts: openParts.filter(({ objectType }) => objectType !== part.objectType),
  };
}

/** The records of this part that were found are stored as batches, so they are in the plan even if the rest is not. */
function withFound(handover: Handover, part: OpenPart): Handover {
  const { records } = handover.found;
  const parts = records === 0 ? handover.parts : [...handover.parts, { ...part, records }];
  return { ...handover, parts, found: { records: 0 } };
}
