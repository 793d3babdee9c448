import { chunk, RECORDS_PER_BATCH } from '../../domain/batch-sizes.ts';
import { MissingScopesError } from '../../domain/errors.ts';
import { BATCH_CALLS, type Handover, type HandoverBatch, type OpenPart } from '../../domain/handover.ts';
import type { ObjectId } from '../../domain/ids.ts';
import type { HandoverStep, Handovers, ListParts, RecordSearch } from '../../ports/handovers.ts';

export type PlanPageDeps = {
  readonly listParts: ListParts;
  readonly search: Pick<RecordSearch, 'findOwned'>;
  readonly handovers: Pick<Handovers, 'saveBatches'>;
};

/**
 * One step of a plan: lists the owner properties first, then reads one page of records that the leaver owns. The records are
 * stored as batches, so that exactly these are moved later. A repeated step replaces what it stored.
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
    const { leaverId, found, batches } = handover;
    const asked = { ...handover, calls: handover.calls + 1 };
    let ids: readonly ObjectId[] | undefined;
    try {
      ids = await search.findOwned({ ...part, portalId }, leaverId, found.lastId, deadline);
    } catch (error) {
      if (!(error instanceof MissingScopesError)) throw error;
      return closeUnreadable(asked, part, error.scopes);
    }
    if (ids === undefined) return closeProperty(asked, part);
    const lastId = ids.at(-1);
    if (lastId === undefined) return closePart(asked, part);
    const added = toBatches(part, ids);
    await handovers.saveBatches(portalId, handover.id, batches, added);
    return {
      ...asked,
      batches: batches + added.length,
      found: { lastId, records: found.records + ids.length },
    };
  };
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
