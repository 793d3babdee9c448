import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { HANDOVER_REFUSALS, type HandoverRefused } from '../lib/domain/handover-refusals.ts';
import { viewHandover } from '../lib/domain/handover-view.ts';
import { LOWEST_LIMIT } from '../lib/domain/rate-limit.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { flagField, ownerRefField, parseEvent, portalIdField } from '../lib/operator/event.ts';
import { type HandoverRuntime, lazyHandoverRuntime } from '../lib/runtime/handover-runtime.ts';
import type { HandoverAnswer } from '../lib/use-cases/handovers/control-handover.ts';

const id = () =>
  z
    .string('must be text')
    .check(z.regex(/^[\w-]{1,64}$/, 'must be an ID or a digest, as the list of handovers shows it'));
const FIELDS = {
  portalId: portalIdField(),
  leaver: z.optional(ownerRefField()),
  target: z.optional(ownerRefField()),
  clear: flagField(),
  start: z.optional(id()),
  stop: z.optional(id()),
  undo: z.optional(id()),
  nightly: z.optional(z.boolean('must be true or false')),
};
const request = z
  .strictObject(FIELDS, 'the event may hold portalId, leaver, target, clear, start, stop, undo and nightly only')
  .check(
    z.refine(({ leaver, start, stop, undo }) => [leaver, start, stop, undo].filter(Boolean).length <= 1, {
      message: 'only one of leaver, start, stop and undo',
      path: ['leaver'],
    }),
    z.refine(
      ({ leaver, ...others }) => leaver !== undefined || !NEED_LEAVER.some((name) => others[name] !== undefined),
      {
        message: 'must be given with "target", "clear" or "nightly"',
        path: ['leaver'],
      },
    ),
    z.refine(({ target, clear }) => target === undefined || clear === undefined, {
      message: 'must be left out when "clear" is given',
      path: ['target'],
    }),
    z.refine(({ nightly, target, clear }) => nightly === undefined || (target === undefined && clear === undefined), {
      message: 'goes to the successor: leave "target" and "clear" out',
      path: ['nightly'],
    }),
  );

/** What is said of a leaver. */
const NEED_LEAVER = ['target', 'clear', 'nightly'] as const;

type Request = z.output<typeof request>;
type Control = HandoverRuntime['control'];

/**
 * By invoke only, for operators: plans what a leaver's records would go to (`leaver`, and `target` or `clear`), starts a plan by
 * its digest, stops or undoes a handover by its ID, and says whose records go over every night (`nightly`). With the portal alone it lists the handovers of the last month.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<HandoverRuntime>) {
  return async function handOverHandler(event: unknown, context: Context) {
    telemetry.startRequest(context.awsRequestId);
    const asked = parseEvent(request, event);
    const { control, now } = await runtime();
    const deadlineEpochMs = now() + context.getRemainingTimeInMillis() - 500;
    const { answer, view } = await carryOut(control, asked, deadlineEpochMs).finally(telemetry.flush);
    telemetry.log.info('handover asked for', { portalId: asked.portalId, answer });
    return view;
  };
}

async function carryOut(control: Control, asked: Request, deadlineEpochMs: number) {
  const { portalId, leaver, target, clear, start, stop, undo, nightly } = asked;
  if (leaver !== undefined && nightly !== undefined) {
    const answer = await control.setNightly(portalId, leaver, nightly, deadlineEpochMs);
    if (answer.kind === 'refused') return refuse(answer);
    return { answer: answer.kind, view: { status: 'set', leaverOwnerId: answer.leaverId, nightly } };
  }
  if (leaver !== undefined) {
    const order = { portalId, leaver, target: clear ? ('clear' as const) : target, requestedBy: '' };
    return toView(control, await control.plan(order, deadlineEpochMs));
  }
  if (start !== undefined) return toView(control, await control.startByDigest(portalId, start));
  if (stop !== undefined) return toView(control, await control.stop(portalId, stop));
  if (undo !== undefined) return toView(control, await control.undo(portalId, undo));
  const { handovers, ...nights } = await control.listAll(portalId);
  const views = handovers.map((handover) => viewHandover(handover, control.digest(handover), LOWEST_LIMIT));
  return { answer: 'listed', view: { handovers: views, ...nights } };
}

function toView(control: Control, answer: HandoverAnswer) {
  if (answer.kind === 'refused') return refuse(answer);
  const { handover } = answer;
  return { answer: answer.kind, view: viewHandover(handover, control.digest(handover), LOWEST_LIMIT) };
}

function refuse({ reason, field }: HandoverRefused) {
  const message = HANDOVER_REFUSALS[reason];
  const named = field === undefined ? message : `Field "${field}": ${message}`;
  return { answer: 'refused', view: { status: 'refused', reason, message: named } };
}

const telemetry = createTelemetry('handOver');
export const handler = createHandler(telemetry, lazyHandoverRuntime(telemetry));
