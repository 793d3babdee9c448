import * as z from 'zod/mini';
import { renderOutputs } from '../lib/action/render-outputs.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { parseEvent, portalIdField } from '../lib/operator/event.ts';
import { createOperatorHandler } from '../lib/runtime/operator-handler.ts';
import { lazyOperatorRuntime, type OperatorRuntime } from '../lib/runtime/operator-runtime.ts';
import { MAX_EMAILS } from '../lib/use-cases/operator/resolve-owners.ts';

const EMAILS_RULE = `must be 1 to ${MAX_EMAILS} strings`;
const request = z.strictObject(
  {
    portalId: portalIdField(),
    emails: z
      .array(z.string('must be a string').check(z.maxLength(1024, 'must be at most 1,024 characters')), EMAILS_RULE)
      .check(z.minLength(1, EMAILS_RULE), z.maxLength(MAX_EMAILS, EMAILS_RULE)),
  },
  'the event may hold portalId and emails only',
);

/**
 * By invoke only, for the customer's own services: the results of `find-owner-by-email` for up to 100 emails of a portal, in
 * their order. `retry` marks those that could not be answered now.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OperatorRuntime>) {
  const parse = (event: unknown) => parseEvent(request, event);
  return createOperatorHandler({ telemetry, runtime, parse }, async (started, { portalId, emails }, deadline) => {
    const { resolveOwners, findKnownOwner } = started;
    const answers = await resolveOwners({ portalId, emails }, deadline);
    const results = await Promise.all(
      answers.map(async (answer) => {
        if (answer.kind === 'later') return { asked: answer.email, retry: true, errorCode: answer.code };
        const outputs = await renderOutputs(findKnownOwner, portalId, answer.result, answer.email);
        const { hs_execution_state: _workflowOnly, ...answered } = outputs;
        return { asked: answer.email, retry: false, ...answered };
      }),
    );
    const retries = results.filter(({ retry }) => retry).length;
    telemetry.log.info('owners resolved', { portalId, emails: results.length, retries });
    return { portalId, results };
  });
}

const telemetry = createTelemetry('resolveOwners');
export const handler = createHandler(telemetry, lazyOperatorRuntime(telemetry));
