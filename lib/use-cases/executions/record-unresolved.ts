import type { Deadline } from '../../domain/deadline.ts';
import { readOwnerEmail } from '../../domain/email.ts';
import { orOnStoreOutage } from '../../domain/errors.ts';
import type { OwnerId } from '../../domain/ids.ts';
import type { ActionResult, ErrorCode } from '../../domain/outcome.ts';
import { UNRESOLVED_CODES } from '../../domain/unresolved-email.ts';
import type { FindOwnerCommand } from '../../ports/steps.ts';
import type { UnresolvedEmails } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type RecordUnresolvedDeps = Needs<'now' | 'log'> & {
  readonly unresolved: Pick<UnresolvedEmails, 'note'>;
};
/** A fallback owner is used only if the email matched nobody, so an invalid one implies the same. */
const MATCHED_NOBODY = new Set<ErrorCode | undefined>([...UNRESOLVED_CODES, 'FALLBACK_OWNER_INVALID']);

type FromWorkflow = FindOwnerCommand & { readonly workflowId: string };

/**
 * Counts, for the next report, the emails that matched nobody, also if a fallback owner was assigned, and those that matched only
 * as a former address. It costs one write for such an execution only. A lost count changes no answer.
 */
export function createRecordUnresolved({ unresolved, now, log }: RecordUnresolvedDeps) {
  return { recordingUnresolved, recordUnresolved };

  function recordingUnresolved<C extends FindOwnerCommand>(
    answer: (command: C, deadline: Deadline) => Promise<ActionResult>,
  ) {
    return async (command: C & FromWorkflow, deadline: Deadline): Promise<ActionResult> => {
      const result = await answer(command, deadline);
      await recordUnresolved(command, result);
      return result;
    };
  }

  async function recordUnresolved(command: FromWorkflow, result: ActionResult): Promise<void> {
    // A kept owner is not the email's owner.
    const isFormer = result.matchedBy === 'FORMER_EMAIL' && result.outcome !== 'KEPT_EXISTING';
    const formerOf = isFormer ? (result.substitutedFor ?? result.ownerId) : undefined;
    if (MATCHED_NOBODY.has(result.errorCode) || formerOf !== undefined) await note(command, formerOf);
  }

  async function note({ portalId, ownerEmail, workflowId }: FromWorkflow, formerOf: OwnerId | undefined) {
    const reading = readOwnerEmail(ownerEmail);
    if (reading.kind !== 'email') return;
    await orOnStoreOutage(
      () => unresolved.note(portalId, reading.email, workflowId, now(), formerOf),
      () => log.warn('an unresolved email could not be stored for the report', { portalId }),
    );
  }
}
