import type { ActionDefinition } from '../action/definition.ts';
import { waitingOutputs } from '../action/output-fields.ts';
import { renderOutputs } from '../action/render-outputs.ts';
import { type Deadline, readDeadline } from '../domain/deadline.ts';
import { BLOCK_DURATION } from '../domain/execution.ts';
import type { PortalId } from '../domain/ids.ts';
import { type ActionResult, type ExecutionAnswer, isQueued } from '../domain/outcome.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { OwnerCache, SignatureVersions } from '../ports/store.ts';
import { bodyBytes } from './http-event.ts';
import {
  createSignedHandler,
  type HttpHandler,
  refuseDowngrade,
  type SignatureServices,
  signedAt,
} from './middleware.ts';
import { type Execution, parseExecution } from './parse-execution.ts';
import { respondWithOutputs } from './respond.ts';

/** What every action needs beside its own use case. */
export type ActionServices = SignatureServices & {
  readonly signatures: SignatureVersions;
  /** For the settings page; does not throw if the table is unavailable. */
  readonly countOutcome: (portalId: PortalId, result: ActionResult) => Promise<void>;
  /** Finds the names for the IDs in a result, which contains no names. */
  readonly findKnownOwner: OwnerCache['findByOwnerId'];
  /** Empty with a static token. */
  readonly installUrl: string;
};

/** `isRepeated`: the execution was answered before and gets the same answer. */
export type Executed = { readonly answer: ExecutionAnswer; readonly isRepeated: boolean };

/** HubSpot sends an execution again after about 20 seconds without an answer. This is far less. */
const MAX_WORK_MS = 8_000;

/**
 * The common flow of both actions: route → size → signature → parse → version of the signature → `execute` → outputs. Services
 * are started with the first request and kept. Only `execute` differs.
 */
export function createActionHandler<Services extends ActionServices>(
  action: ActionDefinition,
  telemetry: Telemetry,
  services: () => Promise<Services>,
  execute: (services: Services, execution: Execution, deadline: Deadline) => Promise<Executed>,
): HttpHandler {
  return createSignedHandler(telemetry, action.route, services).handler(async (event, context) => {
    const started = await services();
    const execution = { ...parseExecution(bodyBytes(event), action), signedAtEpochMs: signedAt(event) };
    await refuseDowngrade(event, execution.portalId, started.signatures, telemetry);
    const deadline = readDeadline(context, started.now(), { mostMs: MAX_WORK_MS });
    const { answer: result, isRepeated } = await execute(started, execution, deadline);
    const { portalId, workflowId, input } = execution;
    if (isQueued(result)) {
      telemetry.log.info('execution queued', { portalId, workflowId });
      return respondWithOutputs(waitingOutputs(BLOCK_DURATION));
    }
    const outputs = await renderOutputs(
      started.findKnownOwner,
      portalId,
      result,
      input('ownerEmail'),
      started.installUrl,
    );
    if (!isRepeated) await started.countOutcome(portalId, result);
    report(telemetry, execution, result);
    return respondWithOutputs(outputs);
  });
}

function report({ log, metrics }: Telemetry, { portalId, workflowId }: Execution, result: ActionResult): void {
  const { outcome, errorCode = '', resolvedFrom = '' } = result;
  metrics.count('Executions', { outcome, errorCode: errorCode || 'none' });
  log.info('execution answered', { portalId, workflowId, outcome, errorCode, resolvedFrom });
}
