import middy, { type MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { ActionDefinition } from '../action/definition.ts';
import { waitingOutputs } from '../action/output-fields.ts';
import { renderOutputs } from '../action/render-outputs.ts';
import { readDeadline } from '../domain/deadline.ts';
import { BLOCK_DURATION } from '../domain/execution.ts';
import type { PortalId } from '../domain/ids.ts';
import { type ActionResult, type ExecutionAnswer, isQueued } from '../domain/outcome.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { OwnerCache, SignatureVersions } from '../ports/store.ts';
import { bodyBytes, type HttpEvent, type HttpResult } from './http-event.ts';
import {
  mapErrors,
  refuseDowngrade,
  requestScope,
  requireRoute,
  requireSignature,
  type SignatureServices,
  signedAt,
} from './middleware.ts';
import { type Execution, parseExecution } from './parse-execution.ts';
import { respondWithOutputs } from './respond.ts';

/** What every action needs beside its own use case. */
export type ActionServices = SignatureServices & {
  readonly signatures: SignatureVersions;
  /** For the settings page; never throws for a table that is unavailable. */
  readonly countOutcome: (portalId: PortalId, result: ActionResult) => Promise<void>;
  /** Finds the names behind the ids in a result, which itself holds none. */
  readonly findKnownOwner: OwnerCache['findByOwnerId'];
  /** Empty where one portal is reached by a static token. */
  readonly installUrl: string;
};

/** `isRepeated`: the execution was answered before, and is answered the same again. */
export type Executed = { readonly answer: ExecutionAnswer; readonly isRepeated: boolean };

export type ActionHandler = MiddyfiedHandler<HttpEvent, HttpResult, Error, Context>;

/** HubSpot sends an execution again after about 20 seconds without an answer; we aim far below that. */
const MAX_WORK_MS = 8_000;

/**
 * The shape both actions share: route → size → signature → parse → version of the signature → `execute` → outputs. Services are started on the first
 * request and kept; `execute` is the one thing that differs.
 */
export function createActionHandler<Services extends ActionServices>(
  action: ActionDefinition,
  telemetry: Telemetry,
  services: () => Promise<Services>,
  execute: (services: Services, execution: Execution, deadlineEpochMs: number) => Promise<Executed>,
): ActionHandler {
  return middy<HttpEvent, HttpResult, Error, Context>()
    .use(requestScope(telemetry))
    .use(mapErrors(telemetry))
    .use(requireRoute('POST', action.route))
    .use(requireSignature(action.route, services, telemetry))
    .handler(async (event, context) => {
      const started = await services();
      const execution = { ...parseExecution(bodyBytes(event), action), signedAtEpochMs: signedAt(event) };
      await refuseDowngrade(event, execution.portalId, started.signatures, telemetry);
      const deadlineEpochMs = readDeadline(context, started.now(), { mostMs: MAX_WORK_MS });
      const { answer: result, isRepeated } = await execute(started, execution, deadlineEpochMs);
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
