import * as z from 'zod/mini';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { flagField, ownerRefField, parseEvent, portalIdField } from '../lib/operator/event.ts';
import { createOperatorHandler } from '../lib/runtime/operator-handler.ts';
import { lazyOperatorRuntime, type OperatorRuntime } from '../lib/runtime/operator-runtime.ts';

const FIELDS = {
  portalId: portalIdField(),
  leaver: ownerRefField(),
  successor: z.optional(ownerRefField()),
  remove: flagField(),
};
const ONE_OF_TWO = { message: 'must be given, or "remove", and not both', path: ['successor'] };
const request = z
  .strictObject(FIELDS, 'the event may hold portalId, leaver, successor and remove only')
  .check(z.refine(({ successor, remove }) => (successor === undefined) !== (remove === undefined), ONE_OF_TWO));

/** By invoke only: an operator names the successor of a leaver. Errors name the wrong field, never its value. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OperatorRuntime>) {
  const parse = (event: unknown) => parseEvent(request, event);
  return createOperatorHandler({ telemetry, runtime, parse }, ({ setSuccessor }, asked, deadline) => {
    const { successor = 'nobody', portalId, leaver } = asked;
    return setSuccessor({ portalId, leaver, successor }, deadline);
  });
}

const telemetry = createTelemetry('setSuccessor');
export const handler = createHandler(telemetry, lazyOperatorRuntime(telemetry));
