import { farthestEpochMs } from '../../domain/ages.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { UpstreamContractError } from '../../domain/errors.ts';
import { beginHandover, type Handover, isWorking } from '../../domain/handover.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { FindListed, FindTarget, Handovers, NightlyHandovers } from '../../ports/handovers.ts';
import type { HandoverQueue } from '../../ports/queue.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type StartNightlyDeps = Needs<'now' | 'log'> & {
  readonly handovers: Pick<Handovers, 'create' | 'list'> & Pick<NightlyHandovers, 'listNightly'>;
  readonly queue: HandoverQueue;
  readonly findTarget: FindTarget;
  /** Asked live: the leaver if they are active. */
  readonly findOwner: FindListed;
  /** The maximum number of calls for one leaver in a night. The next night moves the rest. */
  readonly maxCalls: number;
};

/**
 * After a refresh: begins a handover for each leaver with a nightly handover. It starts right after its plan. A leaver who is
 * active again, or has no active successor, is skipped. Safe to repeat: it begins what is missing, and sends again what a failed
 * run may not have sent. So the next run continues where HubSpot failed or the time ended.
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
    const working: Handover[] = [];
    const due: { readonly leaverId: OwnerId; readonly target: OwnerId }[] = [];
    let failure: unknown;
    let isAnswering = true;
    for (const leaverId of leaverIds) {
      const own = all.filter((other) => other.leaverId === leaverId);
      const running = own.find(isWorking);
      if (running?.maxCalls !== undefined) working.push(running);
      if (running !== undefined || own.some((other) => isOfTonight(other, requestedAtEpochMs))) continue;
      try {
        const target = await findHeir(portalId, leaverId, deadline);
        if (target !== undefined) due.push({ leaverId, target });
        else log.warn('a nightly handover has nobody to hand over to', { portalId, leaverOwnerId: leaverId });
      } catch (error) {
        failure ??= error;
        // An odd row is about one leaver. Any other error is about all of them.
        isAnswering = error instanceof UpstreamContractError;
        if (!isAnswering) break;
      }
    }
    // Not under a limit: each new delivery would send the messages again.
    if (isAnswering) for (const { id } of working) await queue.sendHandover({ portalId, handoverId: id }, 0);
    for (const nightly of due) {
      // The same ID in every run of this night: SQS may deliver the message to two of them at once.
      const id = `night-${requestedAtEpochMs}-${nightly.leaverId}`;
      const first = { ...nightly, id, plannedAtEpochMs: now(), requestedBy: '', maxCalls };
      const handover = await handovers.create(portalId, beginHandover(first));
      await queue.sendHandover({ portalId, handoverId: handover.id }, 0);
    }
    if (failure !== undefined) throw failure;
    return due.length;
  };

  /** Undefined if the leaver is active again. A row of an unknown type in the active listing may mean that. */
  async function findHeir(portalId: PortalId, leaverId: OwnerId, deadline: Deadline): Promise<OwnerId | undefined> {
    const found = await findOwner(portalId, leaverId, deadline);
    const isBack = found === 'odd' || found?.archived === false;
    return isBack ? undefined : findTarget(portalId, leaverId, deadline);
  }

  function isOfTonight(handover: Handover, requestedAtEpochMs: number): boolean {
    const { plannedAtEpochMs } = handover;
    const isInTime = plannedAtEpochMs >= requestedAtEpochMs && plannedAtEpochMs <= farthestEpochMs(now());
    return handover.maxCalls !== undefined && isInTime;
  }
}
