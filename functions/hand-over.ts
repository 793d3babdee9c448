import type { Deadline } from '../lib/domain/deadline.ts';
import { HANDOVER_REFUSALS, type HandoverRefused } from '../lib/domain/handover-refusals.ts';
import { viewHandover } from '../lib/domain/handover-view.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { parseEvent } from '../lib/operator/event.ts';
import { type HandoverRequest, handoverRequest } from '../lib/operator/handover-request.ts';
import { type HandoverRuntime, lazyHandoverRuntime } from '../lib/runtime/handover-runtime.ts';
import { createOperatorHandler } from '../lib/runtime/operator-handler.ts';
import type { HandoverAnswer } from '../lib/use-cases/handovers/control-handover.ts';

type Control = HandoverRuntime['control'];

/**
 * By invoke only, for operators: plans the handover of a leaver's records (`leaver`, and `target` or `clear`), starts a plan by
 * its digest, stops or undoes a handover by its ID, and switches nightly handovers on or off (`nightly`). With the portal alone,
 * it lists the handovers of the last month.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<HandoverRuntime>) {
  const parse = (event: unknown) => parseEvent(handoverRequest, event);
  return createOperatorHandler({ telemetry, runtime, parse }, async ({ control }, asked, deadline) => {
    const { answer, view } = await carryOut(control, asked, deadline);
    telemetry.log.info('handover asked for', { portalId: asked.portalId, answer });
    return view;
  });
}

async function carryOut(control: Control, asked: HandoverRequest, deadline: Deadline) {
  const { portalId, leaver, target, clear, start, stop, undo, nightly } = asked;
  if (leaver !== undefined && nightly !== undefined) {
    const answer = await control.setNightly(portalId, leaver, nightly, deadline);
    if (answer.kind === 'refused') return refuse(answer);
    return { answer: answer.kind, view: { status: 'set', leaverOwnerId: answer.leaverId, nightly } };
  }
  if (leaver !== undefined) {
    const order = { portalId, leaver, target: clear ? ('clear' as const) : target, requestedBy: '' };
    return toView(control, await control.plan(order, deadline));
  }
  if (start !== undefined) return toView(control, await control.startByDigest(portalId, start));
  if (stop !== undefined) return toView(control, await control.stop(portalId, stop));
  if (undo !== undefined) return toView(control, await control.undo(portalId, undo));
  const { handovers, ...nights } = await control.listAll(portalId);
  const views = handovers.map((handover) => viewHandover(handover, control.digest(handover)));
  return { answer: 'listed', view: { handovers: views, ...nights } };
}

function toView(control: Control, answer: HandoverAnswer) {
  if (answer.kind === 'refused') return refuse(answer);
  const { handover } = answer;
  return { answer: answer.kind, view: viewHandover(handover, control.digest(handover)) };
}

function refuse({ reason, field }: HandoverRefused) {
  const message = HANDOVER_REFUSALS[reason];
  const named = field === undefined ? message : `Field "${field}": ${message}`;
  return { answer: 'refused', view: { status: 'refused', reason, message: named } };
}

const telemetry = createTelemetry('handOver');
export const handler = createHandler(telemetry, lazyHandoverRuntime(telemetry));
