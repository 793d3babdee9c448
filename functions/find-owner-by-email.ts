import { FIND_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { failed } from '../lib/domain/outcome.ts';
import { permanentErrorAsResult } from '../lib/domain/result.ts';
import { createActionHandler } from '../lib/http/action-handler.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { type FindOwnerRuntime, lazyFindOwnerRuntime } from '../lib/runtime/action-runtime.ts';

/** `POST /actions/find-owner-by-email`: the same lookup without a write, so a repetition needs no ledger. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<FindOwnerRuntime>) {
  return createActionHandler(
    FIND_OWNER_BY_EMAIL,
    telemetry,
    runtime,
    async ({ findOwner }, { portalId, workflowId, input, unreadableInputs: [unreadable] }, deadline) => {
      if (unreadable !== undefined) {
        return { answer: failed('INPUT_INVALID', { subject: unreadable }), isRepeated: false };
      }
      const answer = await permanentErrorAsResult(() =>
        findOwner({ portalId, workflowId, ownerEmail: input('ownerEmail') }, deadline),
      );
      return { answer, isRepeated: false };
    },
  );
}

const telemetry = createTelemetry('findOwnerByEmail');
export const handler = createHandler(telemetry, lazyFindOwnerRuntime(telemetry));
