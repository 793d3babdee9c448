import { HANDOVER_UNDO_MS } from '../../domain/ages.ts';
import {
  beginHandover,
  canStart,
  canUndo,
  describePlan,
  type Handover,
  type HandoverTarget,
  isWorking,
} from '../../domain/handover.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { isAssignable } from '../../domain/owner.ts';
import { followSuccessors } from '../../domain/successor.ts';
import type { Handovers, NightlyHandovers, StoredHandover } from '../../ports/handovers.ts';
import type { PortalTokens } from '../../ports/portals.ts';
import type { HandoverQueue } from '../../ports/queue.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { Successors } from '../../ports/store.ts';
import type { Now } from '../../ports/telemetry.ts';

export type ControlHandoverDeps = {
  readonly handovers: Handovers & NightlyHandovers;
  readonly queue: HandoverQueue;
  readonly resolver: Pick<OwnerResolver, 'resolveOwnerId'>;
  readonly successors: Pick<Successors, 'findSuccessorId'>;
  readonly tokens: Pick<PortalTokens, 'getToken'>;
  readonly now: Now;
  readonly newId: () => string;
  /** Of a text, as long as an ID. */
  readonly digestOf: (text: string) => string;
};

export type PlanRequest = {
  readonly portalId: PortalId;
  readonly leaverId: OwnerId;
  /** Undefined: the successor that is named for the leaver. */
  readonly target: HandoverTarget | undefined;
  readonly requestedBy: string;
};

export type HandoverRefusal =
  | 'OWNER_NOT_FOUND'
  | 'NO_SUCCESSOR'
  | 'TARGET_NOT_ACTIVE'
  | 'TARGET_IS_LEAVER'
  | 'HANDOVER_RUNNING'
  | 'HANDOVER_NOT_FOUND'
  | 'PLAN_CHANGED'
  | 'NOT_POSSIBLE_NOW'
  | 'TOO_OLD';

export type HandoverAnswer =
  | { readonly kind: 'accepted'; readonly handover: StoredHandover }
  | { readonly kind: 'refused'; readonly reason: HandoverRefusal };

/** What people ask of handovers. Each request is answered at once; the work is done behind the queue. */
export function createControlHandover(deps: ControlHandoverDeps) {
  const { handovers, queue, resolver, successors, tokens, now, newId, digestOf } = deps;
  return { plan, start, startByDigest, stop, undo, digest, list, setNightly, listNightly: handovers.listNightly };

  function digest(handover: Handover): string {
    return digestOf(describePlan(handover));
  }

  /** Without the nights on which a leaver had got nothing. */
  async function list(portalId: PortalId): Promise<readonly StoredHandover[]> {
    const all = await handovers.list(portalId);
    return all.filter((handover) => handover.maxCalls === undefined || handover.batches > 0);
  }

  /** From the next refresh on. It goes to whoever is the leaver's successor then. */
  async function setNightly(portalId: PortalId, leaverId: OwnerId, isNightly: boolean, deadlineEpochMs: number) {
    await tokens.getToken(portalId, deadlineEpochMs);
    await handovers.setNightly(portalId, leaverId, isNightly);
  }

  async function plan(
    { portalId, leaverId, target, requestedBy }: PlanRequest,
    deadlineEpochMs: number,
  ): Promise<HandoverAnswer> {
    // Nothing of an account that is not connected may be kept.
    await tokens.getToken(portalId, deadlineEpochMs);
    if ((await resolver.resolveOwnerId(portalId, leaverId, deadlineEpochMs)) === undefined)
      return refused('OWNER_NOT_FOUND');
    const coming = target ?? (await findSuccessor(portalId, leaverId, deadlineEpochMs));
    if (coming === undefined) return refused('NO_SUCCESSOR');
    if (coming === leaverId) return refused('TARGET_IS_LEAVER');
    if (coming !== '' && !(await isActive(portalId, coming, deadlineEpochMs))) return refused('TARGET_NOT_ACTIVE');
    const others = await handovers.list(portalId);
    const running = others.find((other) => other.leaverId === leaverId && isWorking(other));
    // Its message may never have been sent.
    if (running?.status === 'planning' && running.target === coming) return send(portalId, running);
    if (running !== undefined) return refused('HANDOVER_RUNNING');
    const begun = { id: newId(), leaverId, target: coming, plannedAtEpochMs: now(), requestedBy };
    const handover = await handovers.create(portalId, beginHandover(begun));
    return send(portalId, handover);
  }

  /** Also continues with what was stopped. */
  async function start(portalId: PortalId, id: string, asked: string): Promise<HandoverAnswer> {
    return change(portalId, id, (handover) => {
      if (digest(handover) !== asked) return 'PLAN_CHANGED';
      // Its message may never have been sent.
      if (isWorking(handover) && handover.status !== 'planning') return handover;
      if (!canStart(handover)) return 'NOT_POSSIBLE_NOW';
      const { reason: _reason, ...others } = handover;
      return { ...others, isStopped: false, status: handover.status === 'planned' ? 'moving' : handover.status };
    });
  }

  /** For whoever has nothing but the digest of the plan. */
  async function startByDigest(portalId: PortalId, asked: string): Promise<HandoverAnswer> {
    const found = (await handovers.list(portalId)).find((handover) => digest(handover) === asked);
    return found === undefined ? refused('HANDOVER_NOT_FOUND') : start(portalId, found.id, asked);
  }

  async function stop(portalId: PortalId, id: string): Promise<HandoverAnswer> {
    return change(portalId, id, (handover) =>
      isWorking(handover) && handover.status !== 'planning' ? { ...handover, isStopped: true } : 'NOT_POSSIBLE_NOW',
    );
  }

  async function undo(portalId: PortalId, id: string): Promise<HandoverAnswer> {
    return change(portalId, id, (handover) => {
      if (!canUndo(handover)) return 'NOT_POSSIBLE_NOW';
      const { reason: _reason, ...others } = handover;
      return { ...others, isStopped: false, status: 'undoing', position: 0 };
    });
  }

  /** Whoever saves it meanwhile is the run behind the queue, between two steps: a few tries are enough. */
  async function change(
    portalId: PortalId,
    id: string,
    edit: (handover: Handover) => Handover | HandoverRefusal,
  ): Promise<HandoverAnswer> {
    for (;;) {
      const standing = await handovers.read(portalId, id);
      if (standing === undefined) return refused('HANDOVER_NOT_FOUND');
      if (now() > standing.plannedAtEpochMs + HANDOVER_UNDO_MS) return refused('TOO_OLD');
      const edited = edit(standing);
      if (typeof edited === 'string') return refused(edited);
      const saved = await handovers.save(portalId, { ...edited, version: standing.version });
      if (saved !== undefined) return isWorking(saved) ? send(portalId, saved) : { kind: 'accepted', handover: saved };
    }
  }

  async function send(portalId: PortalId, handover: StoredHandover): Promise<HandoverAnswer> {
    await queue.sendHandover({ portalId, handoverId: handover.id }, 0);
    return { kind: 'accepted', handover };
  }

  /** The first active person of the chain that somebody named. */
  async function findSuccessor(portalId: PortalId, leaverId: OwnerId, deadlineEpochMs: number) {
    const succession = await followSuccessors(
      leaverId,
      (id) => successors.findSuccessorId(portalId, id),
      (id) => resolver.resolveOwnerId(portalId, id, deadlineEpochMs),
    );
    return succession.kind === 'found' ? succession.owner.id : undefined;
  }

  async function isActive(portalId: PortalId, ownerId: OwnerId, deadlineEpochMs: number): Promise<boolean> {
    const owner = await resolver.resolveOwnerId(portalId, ownerId, deadlineEpochMs);
    return owner !== undefined && isAssignable(owner);
  }
}

function refused(reason: HandoverRefusal): HandoverAnswer {
  return { kind: 'refused', reason };
}
