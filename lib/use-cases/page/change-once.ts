import type { Change, ChangeAnswer } from '../../domain/change.ts';
import { AppError } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { ChangeDelivery, ChangeLog } from '../../ports/page.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type ChangeOnceDeps = Needs<'newId' | 'log'> & { readonly changes: ChangeLog };

export type ChangeRequest = Omit<ChangeDelivery, 'writerId' | 'leaseMs'> & {
  readonly portalId: PortalId;
  /** Whether a change replaces what this one sets. Absent if repeating it cannot undo what somebody did since. */
  readonly isReplacedBy?: (change: Change) => boolean;
};

export type Changed = { readonly change: Change; readonly answer: ChangeAnswer };

/** What an earlier run of the same change was about to do, and may have done. */
export type Draft = {
  readonly was: Change | undefined;
  /** Before a removal, because a repeat does not find any more what was removed. */
  save(change: Change): Promise<void>;
};

/** `conflict`: the ID was used for another change. `running`: the same change is in progress. */
export type ChangeOutcome = ChangeAnswer | 'conflict' | 'running';

/** A little more than a function may run. */
const LEASE_MS = 31_000;

/**
 * Makes a change of the settings page once, even if it is sent again: a repeated request gets the first answer. If the first run
 * crashed after its effect, somebody may have changed the same thing since. The repeat leaves that alone.
 */
export function createChangeOnce({ changes, newId, log }: ChangeOnceDeps) {
  return async function changeOnce(
    { portalId, isReplacedBy, ...request }: ChangeRequest,
    work: (draft: Draft) => Promise<Changed>,
  ): Promise<ChangeOutcome> {
    const delivery = { ...request, writerId: newId(), leaseMs: LEASE_MS };
    const entry = await changes.begin(portalId, delivery);
    if (entry.kind === 'done') return entry.answer;
    if (entry.kind !== 'started') return entry.kind;
    try {
      const { beganAtEpochMs: since } = entry;
      const later = since && isReplacedBy && (await findLater(portalId, since, isReplacedBy));
      const save = (draft: Change) => changes.saveDraft(portalId, delivery, draft);
      const { change, answer } = later ? toReplaced(later) : await work({ was: entry.draft, save });
      await changes.finish(portalId, delivery, change, answer);
      const { userId } = request;
      log.info('settings changed', { portalId, userId, action: change.action, status: answer.status });
      return answer;
    } catch (error) {
      await changes.release(portalId, delivery).catch((releaseError: unknown) => {
        if (!(releaseError instanceof AppError)) throw releaseError;
        log.warn('a change could not be given back; its lease ends after a moment', { portalId });
      });
      throw error;
    }
  };

  async function findLater(portalId: PortalId, since: number, isMeant: (change: Change) => boolean) {
    return (await changes.findSince(portalId, since)).find(isMeant);
  }
}

function toReplaced(change: Change): Changed {
  const message = 'Somebody changed the same thing since this request was first sent.';
  return { change, answer: { status: 'refused', code: 'CHANGED_SINCE', message } };
}
