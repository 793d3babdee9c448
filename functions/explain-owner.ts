import * as z from 'zod/mini';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { flagField, parseEvent, portalIdField, readBy } from '../lib/operator/event.ts';
import { renderExplanation } from '../lib/operator/explanation.ts';
import { createOperatorHandler } from '../lib/runtime/operator-handler.ts';
import { lazyOperatorRuntime, type OperatorRuntime } from '../lib/runtime/operator-runtime.ts';

const readValue = (value: unknown) =>
  (typeof value === 'string' && value.length <= 1024) || Number.isSafeInteger(value) ? String(value) : undefined;
const FIELDS = {
  portalId: portalIdField(),
  value: z.optional(readBy(readValue, 'must be an email or an ID; write an ID above 2^53 as a string')),
  fromPortalId: z.optional(portalIdField()),
  report: flagField(),
};
const ONE_OF_TWO = { message: 'must be given, or "report", and not both', path: ['value'] };
const NOT_OF_A_REPORT = { message: 'must be left out with "report"', path: ['fromPortalId'] };
const request = z.strictObject(FIELDS, 'the event may hold portalId, value, fromPortalId and report only').check(
  z.refine(({ value, report }) => (value === undefined) !== (report === undefined), ONE_OF_TWO),
  z.refine(({ fromPortalId, report }) => fromPortalId === undefined || report === undefined, NOT_OF_A_REPORT),
);

/**
 * By invoke only, for operators: what a value is in a portal, whose it is, and the action's answer to it. With `report`: the
 * results of the last refresh and the handovers after it, null before the first.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OperatorRuntime>) {
  const parse = (event: unknown) => parseEvent(request, event);
  return createOperatorHandler({ telemetry, runtime, parse }, async (started, asked, deadline) => {
    const { explainOwner, readReport, reportNightly, findKnownOwner } = started;
    const { portalId, value, fromPortalId } = asked;
    if (value === undefined) {
      const [report, nightlyHandovers] = await Promise.all([readReport(portalId), reportNightly(portalId)]);
      if (report === undefined) return { portalId, report: null };
      return { portalId, report: { ...report, nightlyHandovers } };
    }
    const command = { portalId, value, ...(fromPortalId !== undefined && { fromPortalId }) };
    const explanation = await explainOwner(command, deadline);
    const { matches, elsewhere, action } = explanation;
    const counts = { matches: matches.length, elsewhere: elsewhere.length, errorCode: action.errorCode };
    telemetry.log.info('owner explained', { portalId, ...counts });
    return renderExplanation(findKnownOwner, portalId, value, explanation);
  });
}

const telemetry = createTelemetry('explainOwner');
export const handler = createHandler(telemetry, lazyOperatorRuntime(telemetry));
