import { HANDOVER_UNDO_MS } from '../../domain/ages.ts';
import type { Deadline } from '../../domain/deadline.ts';
import {
  addRequestId,
  beginHandover,
  canStart,
  canUndo,
  describePlan,
  type Handover,
  type HandoverTarget,
  isChangedBy,
  isWorking,
  LIFE_OF_A_RUN_MS,
  resultsOf,
  stopped,
} from '../../domain/handover.ts';
import type { HandoverRefusal, HandoverRefused } from '../../domain/handover-refusals.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { type NightlyHandover, reportLastNight } from '../../domain/nightly-handover.ts';
import { isAssignable } from '../../domain/owner.ts';
import type { OwnerRef } from '../../domain/owner-ref.ts';
import { toDelaySeconds } from '../../domain/requeue.ts';
import type { FindTarget, Handovers, NightlyHandovers, StoredHandover } from '../../ports/handovers.ts';
import type { NoteChange } from '../../ports/page.ts';
import type { EnsureConnected } from '../../ports/portals.ts';
import type { HandoverQueue } from '../../ports/queue.ts';
import type { FindPerson, FoundPerson } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type ControlHandoverDeps = Needs<'now' | 'newId'> & {
  readonly handovers: Handovers & NightlyHandovers;
  readonly queue: HandoverQueue;
  readonly findPerson: FindPerson;
  readonly findTarget: FindTarget;
  readonly ensureConnected: EnsureConnected;
  readonly noteChange?: NoteChange | undefined;
  /** Computes a digest as long as an ID. */
  readonly digestOf: (text: string) => string;
};

export type PlanRequest = {
  readonly portalId: PortalId;
  readonly leaver: OwnerRef;
  /** Undefined: the leaver's named successor. */
  readonly target: OwnerRef | 'clear' | undefined;
  readonly requestedBy: string;
  readonly requestId?: string;
};

export type AllHandovers = {
  /** Of the last month, the newest first. */
  readonly handovers: readonly StoredHandover[];
  readonly nightly: readonly OwnerId[];
  readonly lastNight: readonly NightlyHandover[];
};

export type HandoverAnswer = { readonly kind: 'accepted'; readonly handover: StoredHandover } | HandoverRefused;
export type NightlyAnswer = { readonly kind: 'set'; readonly leaverId: OwnerId } | HandoverRefused;

/**
 * The requests that people make about handovers. Each is answered immediately; the work is done by the queue. A request with an
 * ID is safe to repeat, whatever happened to the handover since.
 */
export function createControlHandover(deps: ControlHandoverDeps) {
  const { handovers, queue, findPerson, findTarget, ensureConnected, noteChange, now, newId, digestOf } = deps;
  return { plan, start, startByDigest, stop, undo, digest, list, listAll, setNightly };

  function digest(handover: Handover): string {
    return digestOf(describePlan(handover));
  }

  async function list(portalId: PortalId): Promise<readonly StoredHandover[]> {
    return (await handovers.list(portalId)).filter(isWorthListing);
  }

  /** With the leavers who have a nightly handover, and its results of the last night. */
  async function listAll(portalId: PortalId): Promise<AllHandovers> {
    const [all, nightly] = await Promise.all([handovers.list(portalId), handovers.listNightly(portalId)]);
    return { handovers: all.filter(isWorthListing), nightly, lastNight: reportLastNight(all, nightly, now()) };
  }

  /** From the next refresh on, to the leaver's successor at that time. */
  async function setNightly(
    portalId: PortalId,
    leaver: OwnerRef,
    isNightly: boolean,
    deadline: Deadline,
  ): Promise<NightlyAnswer> {
    await ensureConnected(portalId, deadline);
    // An owner whom HubSpot deleted meanwhile can still be removed from the list.
    const isEnough = leaver.kind === 'ownerId' && !isNightly;
    const leaverId = isEnough ? leaver.ownerId : await identify(portalId, leaver, deadline);
    if (typeof leaverId !== 'string') return leaverId;
    await handovers.setNightly(portalId, leaverId, isNightly);
    await noteChange?.(portalId, { action: isNightly ? 'setNightly' : 'removeNightly', leaverId });
    return { kind: 'set', leaverId };
  }

  async function plan(
    { portalId, leaver, target, requestedBy, requestId }: PlanRequest,
    deadline: Deadline,
  ): Promise<HandoverAnswer> {
    // Nothing may be stored for an account that is not connected.
    await ensureConnected(portalId, deadline);
    const listed = requestId === undefined ? [] : await handovers.list(portalId);
    const made = listed.find((handover) => isChangedBy(handover, requestId));
    if (made !== undefined) return accept(portalId, made);
    const leaverId = await identify(portalId, leaver, deadline);
    if (typeof leaverId !== 'string') return leaverId;
    const coming = await findComing(portalId, leaverId, target, deadline);
    if (typeof coming !== 'string') return coming;
    if (coming === leaverId) return refused('TARGET_IS_LEAVER');
    const others = await handovers.list(portalId);
    const running = others.find((other) => other.leaverId === leaverId && isWorking(other));
    // Its message may have been lost. A nightly handover is no answer to a plan, because it starts without a request.
    const isSame = running?.status === 'planning' && running.maxCalls === undefined && running.target === coming;
    if (isSame) return send(portalId, running);
    if (running !== undefined) return refused('HANDOVER_RUNNING');
    const begun = { id: newId(), leaverId, target: coming, plannedAtEpochMs: now(), requestedBy };
    const handover = await handovers.create(portalId, addRequestId(beginHandover(begun), requestId));
    return send(portalId, handover);
  }

  /** Also continues a stopped one. */
  async function start(portalId: PortalId, id: string, asked: string, requestId?: string): Promise<HandoverAnswer> {
    const writing = (await handovers.list(portalId)).filter(isWriting);
    return change(portalId, id, requestId, (handover) => {
      if (digest(handover) !== asked) return 'PLAN_CHANGED';
      if (isTooOld(handover)) return 'TOO_OLD';
      // Its message may have been lost.
      if (isWriting(handover)) return handover;
      if (!canStart(handover)) return 'NOT_POSSIBLE_NOW';
      if (writing.some(({ leaverId }) => leaverId === handover.leaverId)) return 'HANDOVER_RUNNING';
      return { ...restarted(handover), status: handover.status === 'planned' ? 'moving' : handover.status };
    });
  }

  /** For callers who only know the digest of the plan. */
  async function startByDigest(portalId: PortalId, asked: string): Promise<HandoverAnswer> {
    const found = (await handovers.list(portalId)).find((handover) => digest(handover) === asked);
    return found === undefined ? refused('HANDOVER_NOT_FOUND') : start(portalId, found.id, asked);
  }

  async function stop(portalId: PortalId, id: string, requestId?: string): Promise<HandoverAnswer> {
    return change(portalId, id, requestId, (handover) => {
      // Its message may not have been sent.
      if (handover.isUncounted) return handover;
      if (!isWorking(handover)) return 'NOT_POSSIBLE_NOW';
      // An incomplete plan is dropped, so that a new one can be made immediately.
      return handover.status === 'planning' ? { ...handover, status: 'failed', reason: 'STOPPED' } : stopped(handover);
    });
  }

  async function undo(portalId: PortalId, id: string, requestId?: string): Promise<HandoverAnswer> {
    return change(portalId, id, requestId, (handover) => {
      if (isTooOld(handover)) return 'TOO_OLD';
      // Its message may have been lost.
      if (isWorking(handover) && handover.status === 'undoing') return handover;
      if (!canUndo(handover)) return 'NOT_POSSIBLE_NOW';
      return { ...restarted(handover), ...resultsOf(handover), ahead: 0, status: 'undoing', position: 0 };
    });
  }

  /** A handover that is running can always be stopped. */
  function isTooOld({ plannedAtEpochMs }: Handover): boolean {
    return now() > plannedAtEpochMs + HANDOVER_UNDO_MS;
  }

  /** Only the run behind the queue saves it meanwhile, between two steps, so a few tries are enough. */
  async function change(
    portalId: PortalId,
    id: string,
    requestId: string | undefined,
    edit: (handover: Handover) => Handover | HandoverRefusal,
  ): Promise<HandoverAnswer> {
    for (;;) {
      const current = await handovers.read(portalId, id);
      if (current === undefined) return refused('HANDOVER_NOT_FOUND');
      if (isChangedBy(current, requestId)) return accept(portalId, current);
      const edited = edit(current);
      if (typeof edited === 'string') return refused(edited);
      const noted = addRequestId(edited, requestId);
      const saved = await handovers.save(portalId, { ...noted, version: current.version });
      if (saved !== undefined) return accept(portalId, saved);
    }
  }

  async function accept(portalId: PortalId, handover: StoredHandover): Promise<HandoverAnswer> {
    if (isWorking(handover)) return send(portalId, handover);
    // Usually the run that was stopped has counted by then. But its message may have been lost.
    if (handover.isUncounted) {
      const job = { portalId, handoverId: handover.id, isCount: true } as const;
      await queue.sendHandover(job, toDelaySeconds(LIFE_OF_A_RUN_MS));
    }
    return { kind: 'accepted', handover };
  }

  async function send(portalId: PortalId, handover: StoredHandover): Promise<HandoverAnswer> {
    await queue.sendHandover({ portalId, handoverId: handover.id }, 0);
    return { kind: 'accepted', handover };
  }

  async function identify(portalId: PortalId, ref: OwnerRef, deadline: Deadline): Promise<OwnerId | HandoverRefused> {
    const found = await findPerson(portalId, ref, deadline);
    return found.kind === 'found' ? found.owner.id : refusedFor('leaver', found);
  }

  async function findComing(
    portalId: PortalId,
    leaverId: OwnerId,
    target: PlanRequest['target'],
    deadline: Deadline,
  ): Promise<HandoverTarget | HandoverRefused> {
    if (target === 'clear') return '';
    if (target === undefined) {
      return (await findTarget(portalId, leaverId, deadline)) ?? refused('NO_SUCCESSOR');
    }
    const found = await findPerson(portalId, target, deadline);
    if (found.kind !== 'found') return refusedFor('target', found);
    // A leaver as the target of their own records gets that refusal, active or not.
    return found.owner.id === leaverId || isAssignable(found.owner)
      ? found.owner.id
      : refused('TARGET_NOT_ACTIVE', 'target');
  }
}

/** Leaves out nights without records to move. */
function isWorthListing({ maxCalls, batches }: Handover): boolean {
  return maxCalls === undefined || batches > 0;
}

function isWriting(handover: Handover): boolean {
  return isWorking(handover) && handover.status !== 'planning';
}

/** Without the reason why it stopped before. */
function restarted(handover: Handover): Handover {
  const { reason: _reason, failures: _failures, isUncounted: _isUncounted, ...kept } = handover;
  return { ...kept, isStopped: false };
}

function refusedFor(field: Field, { kind }: Exclude<FoundPerson, { readonly kind: 'found' }>): HandoverRefused {
  return refused(kind === 'ambiguous' ? 'OWNER_AMBIGUOUS' : 'OWNER_NOT_FOUND', field);
}

type Field = HandoverRefused['field'];

function refused(reason: HandoverRefusal, field?: Field): HandoverRefused {
  return { kind: 'refused', reason, ...(field !== undefined && { field }) };
}
