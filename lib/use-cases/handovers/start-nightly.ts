import { farthestEpochMs } from '../../domain/ages.ts';
import { beginHandover, type Handover, isWorking } from '../../domain/handover.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { FindTarget, Handovers, NightlyHandovers } from '../../ports/handovers.ts';
import type { HandoverQueue } from '../../ports/queue.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { Log, Now } from '../../ports/telemetry.ts';

export type StartNightlyDeps = {
  readonly handovers: Pick<Handovers, 'create' | 'list'> & Pick<NightlyHandovers, 'listNightly'>;
  readonly queue: HandoverQueue;
  readonly findTarget: FindTarget;
  /** Asked live, active or not. */
  readonly findOwner: OwnerResolver['resolveOwnerId'];
  readonly now: Now;
  readonly newId: () => string;
  readonly log: Log;
  /** The most calls of one leaver's handover in a night. What is left is moved the next night. */
  readonly maxCalls: number;
};

/**
 * After a refresh: begins a handover for each leaver whose records are to go over every night. It starts when it is planned. A
 * leaver who is active again, or whose successors all left, is passed over. Safe to repeat: a run that failed on the way begins
 * what is missing, and sends again what it may not have sent.
 */
export function createStartNightly(deps: StartNightlyDeps) {
  const { handovers, queue, findTarget, findOwner, now, newId, log, maxCalls } = deps;

  /** @param requestedAtEpochMs when the refresh was asked for: what began since then is of this night */
  return async function startNightly(
    portalId: PortalId,
    requestedAtEpochMs: number,
    deadlineEpochMs: number,
  ): Promise<number> {
    const leaverIds = await handovers.listNightly(portalId);
    if (leaverIds.length === 0) return 0;
    const standing = await handovers.list(portalId);
    // All questions to HubSpot come before the first message. A limit stops this job, and each delivery of it would send them again.
    const working: Handover[] = [];
    const due: { readonly leaverId: OwnerId; readonly target: OwnerId }[] = [];
    for (const leaverId of leaverIds) {
      const own = standing.filter((other) => other.leaverId === leaverId);
      const isOfTonight = ({ maxCalls, plannedAtEpochMs }: Handover) =>
        maxCalls !== undefined && plannedAtEpochMs >= requestedAtEpochMs && plannedAtEpochMs <= farthestEpochMs(now());
      const running = own.find(isWorking);
      if (running?.maxCalls !== undefined) working.push(running);
      if (running !== undefined || own.some(isOfTonight)) continue;
      const isBack = (await findOwner(portalId, leaverId, deadlineEpochMs))?.archived === false;
      const target = isBack ? undefined : await findTarget(portalId, leaverId, deadlineEpochMs);
      if (target !== undefined) due.push({ leaverId, target });
      else log.warn('a nightly handover has nobody to hand over to', { portalId, leaverOwnerId: leaverId });
    }
    for (const { id } of working) await queue.sendHandover({ portalId, handoverId: id }, 0);
    for (const one of due) {
      const first = { ...one, id: newId(), plannedAtEpochMs: now(), requestedBy: '', maxCalls };
      const handover = await handovers.create(portalId, beginHandover(first));
      await queue.sendHandover({ portalId, handoverId: handover.id }, 0);
    }
    return due.length;
  };
}
