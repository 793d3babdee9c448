import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { readDeadline } from '../lib/domain/deadline.ts';
import { reportUnexpected } from '../lib/observability/report-fault.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { parseEvent, portalIdField } from '../lib/operator/event.ts';
import { lazyOperatorRuntime, type OperatorRuntime } from '../lib/runtime/operator-runtime.ts';
import type { DeletionResult } from '../lib/use-cases/portals/delete-portal.ts';

const request = z.strictObject({ portalId: portalIdField() }, 'the event may hold portalId only');
/** Reserved for the answer. */
const STOP_MARGIN_MS = 5_000;

/** By invoke only: uninstalls the app from a portal and deletes all of its rows. Cannot be undone. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<OperatorRuntime>) {
  return async function forgetPortalHandler(event: unknown, context: Context): Promise<DeletionResult> {
    telemetry.startRequest(context.awsRequestId);
    const { portalId } = parseEvent(request, event);
    return reportUnexpected(telemetry, async () => {
      const { forgetPortal, now } = await runtime();
      return forgetPortal(portalId, readDeadline(context, now(), { marginMs: STOP_MARGIN_MS }));
    });
  };
}

const telemetry = createTelemetry('forgetPortal');
export const handler = createHandler(telemetry, lazyOperatorRuntime(telemetry));
