import type { Change } from '../../domain/change.ts';
import type { OwnerId, PortalId, UserId } from '../../domain/ids.ts';
import type { OwnerRef } from '../../domain/owner-ref.ts';
import type { createControlHandover, HandoverAnswer, HandoverRefusal } from '../handovers/control-handover.ts';
import type { Changed } from './change-once.ts';

type HandoverControl = Pick<
  ReturnType<typeof createControlHandover>,
  'plan' | 'start' | 'stop' | 'undo' | 'setNightly'
>;

export type PlanOrder = {
  readonly portalId: PortalId;
  readonly userId: UserId;
  readonly leaver: OwnerRef;
  /** Undefined: the successor of the leaver. */
  readonly target: OwnerRef | 'clear' | undefined;
};

type Action = Change['action'];

const MESSAGES: Readonly<Record<HandoverRefusal, string>> = {
  OWNER_NOT_FOUND: 'Nobody in the account is meant by this.',
  OWNER_AMBIGUOUS: 'Several owners share this email.',
  NO_SUCCESSOR: 'Nobody active is named as the successor.',
  TARGET_NOT_ACTIVE: 'The person who is to get the records is not active.',
  TARGET_IS_LEAVER: 'The records are this person’s already.',
  HANDOVER_RUNNING: 'Another handover of this person is running.',
  HANDOVER_NOT_FOUND: 'There is no such handover.',
  PLAN_CHANGED: 'The plan is not the one that was shown.',
  NOT_POSSIBLE_NOW: 'The handover is in a state that does not allow this.',
  TOO_OLD: 'The handover was planned more than 30 days ago.',
};

/** What an admin asks of handovers on the page: the same as an operator, by the same rules. */
export function createChangeHandover(control: HandoverControl) {
  return {
    async plan({ userId, ...asked }: PlanOrder, deadlineEpochMs: number): Promise<Changed> {
      return toChanged('planHandover', await control.plan({ ...asked, requestedBy: userId }, deadlineEpochMs));
    },
    async start(portalId: PortalId, handoverId: string, digest: string): Promise<Changed> {
      return toChanged('startHandover', await control.start(portalId, handoverId, digest));
    },
    async stop(portalId: PortalId, handoverId: string): Promise<Changed> {
      return toChanged('stopHandover', await control.stop(portalId, handoverId));
    },
    async undo(portalId: PortalId, handoverId: string): Promise<Changed> {
      return toChanged('undoHandover', await control.undo(portalId, handoverId));
    },

    async setNightly(
      portalId: PortalId,
      leaverId: OwnerId,
      isNightly: boolean,
      deadlineEpochMs: number,
    ): Promise<Changed> {
      const action = isNightly ? 'setNightly' : 'removeNightly';
      const answer = await control.setNightly(
        portalId,
        { kind: 'ownerId', ownerId: leaverId },
        isNightly,
        deadlineEpochMs,
      );
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

function refuse(action: Action, code: keyof typeof MESSAGES): Changed {
  return { change: { action }, answer: { status: 'refused', code, message: MESSAGES[code] } };
}
