import { farthestEpochMs } from '../../domain/ages.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { beginHandover, type Handover, isWorking } from '../../domain/handover.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { FindTarget, Handovers, NightlyHandovers } from '../../ports/handovers.ts';
import type { HandoverQueue } from '../../ports/queue.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type StartNightlyDeps = Needs<'now' | 'log'> & {
  readonly handovers: Pick<Handovers, 'create' | 'list'> & Pick<NightlyHandovers, 'listNightly'>;
  readonly queue: HandoverQueue;
  readonly findTarget: FindTarget;
  /** Asked live, active or not. */
  readonly findOwner: OwnerResolver['resolveOwnerId'];
  /** The maximum number of calls for one leaver in a night. The next night moves the rest. */
  readonly maxCalls: number;
};

/**
 * After a refresh: begins a handover for each leaver with a nightly handover. It starts right after its plan. A leaver who is
 * active again, or has no active successor, is skipped. Safe to repeat: it begins what is missing, and sends again what a failed
 * run may not have sent.
 */
export function createStartNightly(deps: StartNightlyDeps) {
  const { handovers, queue, findTarget, findOwner, now, log, maxCalls } = deps;

  /** @param requestedAtEpochMs when the refresh was requested: handovers that began later belong to this night */
  return async function startNightly(
    portalId: PortalId,
    requestedAtEpochMs: number,
    deadline: Deadline,
  ): Promise<number> {
    const leaverIds = await handovers.listNightly(portalId);
    if (leaverIds.length === 0) return 0;
    const all = await handovers.list(portalId);
    // All calls to HubSpot come before the first message. A limit stops this job, and each new delivery would send the messages
    // again.
    const working: Handover[] = [];
    const due: { readonly leaverId: OwnerId; readonly target: OwnerId }[] = [];
    for (const leaverId of leaverIds) {
      const own = all.filter((other) => other.leaverId === leaverId);
      const running = own.find(isWorking);
      if (running?.maxCalls !== undefined) working.push(running);
      if (running !== undefined || own.some((other) => isOfTonight(other, requestedAtEpochMs))) continue;
      const isBack = (await findOwner(portalId, leaverId, deadline))?.archived === false;
      const target = isBack ? undefined : await findTarget(portalId, leaverId, deadline);
      if (target !== undefined) due.push({ leaverId, target });
      else log.warn('a nightly handover has nobody to hand over to', { portalId, leaverOwnerId: leaverId });
    }
    for (const { id } of working) await queue.sendHandover({ portalId, handoverId: id }, 0);
    for (const nightly of due) {
      // The same ID in every run of this night: SQS may deliver the message to two of them at once.
      const id = `night-${requestedAtEpochMs}-${nightly.leaverId}`;
      const first = { ...nightly, id, plannedAtEpochMs: now(), requestedBy: '', maxCalls };
      const handover = await handovers.create(portalId, beginHandover(first));
      await queue.sendHandover({ portalId, handoverId: handover.id }, 0);
    }
    return due.length;
  };
  function isOfTonight(handover: Handover, requestedAtEpochMs: number): boolean {
    const { plannedAtEpochMs } = handover;
    const isInTime = plannedAtEpochMs >= requestedAtEpochMs && plannedAtEpochMs <= farthestEpochMs(now());
    return handover.maxCalls !== undefined && isInTime;
  }
}
