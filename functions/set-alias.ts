import * as z from 'zod/mini';
import { readAliasName } from '../lib/domain/alias.ts';
import { readAliasTarget } from '../lib/domain/owner-ref.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { flagField, parseEvent, portalIdField, readBy } from '../lib/operator/event.ts';
import { createOperatorHandler } from '../lib/runtime/operator-handler.ts';
import { lazyOperatorRuntime, type OperatorRuntime } from '../lib/runtime/operator-runtime.ts';

const FIELDS = {
  portalId: portalIdField(),
  alias: readBy(readAliasName, 'must be one email, or @ and a domain, without wildcards'),
  to: z.optional(readBy(readAliasTarget, 'must be one owner ID, one email, or @ and a domain')),
  remove: flagField(),
};
const ONE_OF_TWO = { message: 'must be given, or "remove", and not both', path: ['to'] };
const request = z
  .strictObject(FIELDS, 'the event may hold portalId, alias, to and remove only')
  .check(z.refine(({ to, remove }) => (to === undefined) !== (remove === undefined), ONE_OF_TWO));

/** By invoke only: an operator sets the owner of an address, or the new domain of a former one. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OperatorRuntime>) {
  const parse = (event: unknown) => parseEvent(request, event);
  return createOperatorHandler({ telemetry, runtime, parse }, ({ setAlias }, asked, deadline) => {
    const { to = 'nobody', portalId, alias } = asked;
    return setAlias({ portalId, alias, to }, deadline);
  });
}

const telemetry = createTelemetry('setAlias');
export const handler = createHandler(telemetry, lazyOperatorRuntime(telemetry));
