import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { parsePortalId } from '../lib/domain/ids.ts';
import { readOwnerRef } from '../lib/domain/owner-ref.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { parseEvent, readBy } from '../lib/operator/event.ts';
import { lazyOperatorRuntime, type OperatorRuntime } from '../lib/runtime/operator-runtime.ts';
import type { SetSuccessorResult } from '../lib/use-cases/operator/set-successor.ts';

const ownerRef = () => readBy(readOwnerRef, 'must be one owner id or one email');
const FIELDS = {
  portalId: readBy(parsePortalId, 'must be a portal id'),
  leaver: ownerRef(),
  successor: z.optional(ownerRef()),
  remove: z.optional(z.literal(true, 'must be true or left out')),
};
const ONE_OF_TWO = { message: 'must be given, unless "remove" is', path: ['successor'] };
const request = z
  .strictObject(FIELDS, 'the event may hold portalId, leaver, successor and remove only')
  .check(z.refine(({ successor, remove }) => (successor === undefined) !== (remove === undefined), ONE_OF_TWO));

/** By invoke only: an operator names who takes over from a leaver. Errors name the field at fault, never its value. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OperatorRuntime>) {
  return async function setSuccessorHandler(event: unknown, context: Context): Promise<SetSuccessorResult> {
    telemetry.startRequest(context.awsRequestId);
    const { successor = 'nobody', portalId, leaver } = parseEvent(request, event);
    const { setSuccessor, now } = await runtime();
    const deadlineEpochMs = now() + context.getRemainingTimeInMillis() - 500;
    return setSuccessor({ portalId, leaver, successor }, deadlineEpochMs).finally(telemetry.flush);
  };
}

const telemetry = createTelemetry('setSuccessor');
export const handler = createHandler(telemetry, lazyOperatorRuntime(telemetry));
