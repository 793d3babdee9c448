import type { Change } from '../../domain/change.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { HANDOVER_REFUSALS, type HandoverRefusal } from '../../domain/handover-refusals.ts';
import type { OwnerId, PortalId, UserId } from '../../domain/ids.ts';
import type { createControlHandover, HandoverAnswer, PlanRequest } from '../handovers/control-handover.ts';
import type { Changed } from './change-once.ts';

type HandoverControl = Pick<
  ReturnType<typeof createControlHandover>,
  'plan' | 'start' | 'stop' | 'undo' | 'setNightly'
>;

export type PlanOrder = Omit<PlanRequest, 'requestedBy'> & { readonly userId: UserId };

type Action = Change['action'];

/** An admin's requests about handovers on the page: the same as an operator's, by the same rules. */
export function createChangeHandover(control: HandoverControl) {
  return {
    async plan({ userId, ...asked }: PlanOrder, deadline: Deadline): Promise<Changed> {
      return toChanged('planHandover', await control.plan({ ...asked, requestedBy: userId }, deadline));
    },
    async start(portalId: PortalId, handoverId: string, digest: string, changeId: string): Promise<Changed> {
      return toChanged('startHandover', await control.start(portalId, handoverId, digest, changeId));
    },
    async stop(portalId: PortalId, handoverId: string, changeId: string): Promise<Changed> {
      return toChanged('stopHandover', await control.stop(portalId, handoverId, changeId));
    },
    async undo(portalId: PortalId, handoverId: string, changeId: string): Promise<Changed> {
      return toChanged('undoHandover', await control.undo(portalId, handoverId, changeId));
    },

    async setNightly(portalId: PortalId, leaverId: OwnerId, isNightly: boolean, deadline: Deadline): Promise<Changed> {
      const action = isNightly ? 'setNightly' : 'removeNightly';
      const answer = await control.setNightly(portalId, { kind: 'ownerId', ownerId: leaverId }, isNightly, deadline);
      if (answer.kind === 'refused') return refuse(action, answer.reason);
      return { change: { action, leaverId }, answer: { status: isNightly ? 'set' : 'removed' } };
    },
  };
}

function toChanged(action: Action, answer: HandoverAnswer): Changed {
  if (answer.kind === 'refused') return refuse(action, answer.reason);
  const { id: handoverId, leaverId, target } = answer.handover;
  const change = { action, handoverId, leaverId, ...(target !== '' && { successorId: target }) };
  return { change, answer: { status: action === 'stopHandover' ? 'set' : 'queued', handoverId } };
}

function refuse(action: Action, code: HandoverRefusal): Changed {
  return { change: { action }, answer: { status: 'refused', code, message: HANDOVER_REFUSALS[code] } };
}
