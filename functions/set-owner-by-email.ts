import { SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { createActionHandler } from '../lib/http/action-handler.ts';
import { readSetOwnerCommand } from '../lib/http/set-owner-command.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { lazySetOwnerRuntime, type SetOwnerRuntime } from '../lib/runtime/set-owner-runtime.ts';

/** `POST /actions/set-owner-by-email`: sets the owner of the enrolled record, once per execution. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<SetOwnerRuntime>) {
  return createActionHandler(
    SET_OWNER_BY_EMAIL,
    telemetry,
    runtime,
    async ({ runOnce, setOwner }, execution, deadline) => {
      const reading = readSetOwnerCommand(execution);
      if (reading.kind === 'refused') return { answer: reading.result, isRepeated: false };
      const { callbackId, payloadHash } = execution;
      let isRepeated = true;
      const answer = await runOnce(execution, deadline, (moment) => {
        isRepeated = false;
        return setOwner({ callbackId, payloadHash, command: { ...reading.command, ...moment } }, deadline);
      });
      return { answer, isRepeated };
    },
  );
}

const telemetry = createTelemetry('setOwnerByEmail');
export const handler = createHandler(telemetry, lazySetOwnerRuntime(telemetry));
