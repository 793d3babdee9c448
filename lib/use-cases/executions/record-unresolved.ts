import { readOwnerEmail } from '../../domain/email.ts';
import { orOnStoreOutage } from '../../domain/errors.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { ActionResult, ErrorCode } from '../../domain/outcome.ts';
import { UNRESOLVED_CODES } from '../../domain/unresolved-email.ts';
import type { UnresolvedEmails } from '../../ports/store.ts';
import type { Log, Now } from '../../ports/telemetry.ts';

export type RecordUnresolvedDeps = {
  readonly unresolved: Pick<UnresolvedEmails, 'note'>;
  readonly now: Now;
  readonly log: Log;
};
/** A fallback is looked for only when the email gave nobody, so one that cannot be used says so, too. */
const MATCHED_NOBODY = new Set<ErrorCode | undefined>([...UNRESOLVED_CODES, 'FALLBACK_OWNER_INVALID']);

type Command = { readonly portalId: PortalId; readonly ownerEmail: string };
type FromWorkflow = { readonly workflowId: string };

/**
 * Keeps, for the next refresh's report, which emails matched nobody, also where a fallback owner was assigned, and which
 * matched somebody by a former address only. It is one write, paid only by such an execution; losing it changes no answer.
 */
export function createRecordUnresolved({ unresolved, now, log }: RecordUnresolvedDeps) {
  return { recordingUnresolved, recordUnresolved };

  function recordingUnresolved<C extends Command>(
    answer: (command: C, deadlineEpochMs: number) => Promise<ActionResult>,
  ) {
    return async (command: C & FromWorkflow, deadlineEpochMs: number): Promise<ActionResult> => {
      const result = await answer(command, deadlineEpochMs);
      await recordUnresolved(command, result);
      return result;
    };
  }

  async function recordUnresolved(command: Command & FromWorkflow, result: ActionResult): Promise<void> {
    // An owner that was kept is not the one whom the email led to.
    const isFormer = result.matchedBy === 'FORMER_EMAIL' && result.outcome !== 'KEPT_EXISTING';
    const formerOf = isFormer ? (result.substitutedFor ?? result.ownerId) : undefined;
    if (MATCHED_NOBODY.has(result.errorCode) || formerOf !== undefined) await note(command, formerOf);
  }

  async function note(
    { portalId, ownerEmail, workflowId }: Command & FromWorkflow,
    formerOf: OwnerId | undefined,
  ): Promise<void> {
    const reading = readOwnerEmail(ownerEmail);
    if (reading.kind !== 'email') return;
    await orOnStoreOutage(
      () => unresolved.note(portalId, reading.email, workflowId, now(), formerOf),
      () => log.warn('an unresolved email could not be stored for the report', { portalId }),
    );
  }
}
