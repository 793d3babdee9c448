import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { viewHandover } from '../lib/domain/handover-view.ts';
import { type OwnerId, type PortalId, parsePortalId } from '../lib/domain/ids.ts';
import { type OwnerRef, readOwnerRef } from '../lib/domain/owner-ref.ts';
import { LOWEST_LIMIT } from '../lib/domain/rate-limit.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { parseEvent, readBy } from '../lib/operator/event.ts';
import { type HandoverRuntime, lazyHandoverRuntime } from '../lib/runtime/handover-runtime.ts';
import type { HandoverAnswer } from '../lib/use-cases/handovers/control-handover.ts';

const ownerRef = () => readBy(readOwnerRef, 'must be one owner ID or one email');
const id = () => z.string('must be text').check(z.regex(/^[\w-]{1,64}$/, 'must be an ID'));
const FIELDS = {
  portalId: readBy(parsePortalId, 'must be a portal ID'),
  leaver: z.optional(ownerRef()),
  target: z.optional(ownerRef()),
  clear: z.optional(z.literal(true, 'must be true or left out')),
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
      message: 'must be left out: a nightly handover goes to the successor',
      path: ['target'],
    }),
  );

/** What is said of a leaver. */
const NEED_LEAVER = ['target', 'clear', 'nightly'] as const;

type Request = z.output<typeof request>;

/**
 * By invoke only, for operators: plans what a leaver's records would go to (`leaver`, and `target` or `clear`), starts a plan by
 * its digest, stops or undoes a handover by its ID, and says whose records go over every night (`nightly`). With the portal alone it lists the handovers of the last month.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<HandoverRuntime>) {
  return async function handOverHandler(event: unknown, context: Context) {
    telemetry.startRequest(context.awsRequestId);
    const asked = parseEvent(request, event);
    const { control, findPerson, now } = await runtime();
    const deadlineEpochMs = now() + context.getRemainingTimeInMillis() - 500;
    if (asked.nightly !== undefined) return setNightly(asked.nightly).finally(telemetry.flush);
    const answer = await answerTo(asked).finally(telemetry.flush);
    if (answer === undefined) {
      const handovers = await control.list(asked.portalId);
      return {
        handovers: handovers.map((handover) => viewHandover(handover, control.digest(handover), LOWEST_LIMIT)),
        nightly: await control.listNightly(asked.portalId),
      };
    }
    telemetry.log.info('handover asked for', { portalId: asked.portalId, answer: answer.kind });
    if (answer.kind === 'refused') return { status: 'refused', reason: answer.reason };
    return viewHandover(answer.handover, control.digest(answer.handover), LOWEST_LIMIT);

    async function answerTo({ portalId, leaver, start, stop, undo }: Request): Promise<HandoverAnswer | undefined> {
      if (leaver !== undefined) return plan(asked);
      if (start !== undefined) return control.startByDigest(portalId, start);
      if (stop !== undefined) return control.stop(portalId, stop);
      return undo === undefined ? undefined : control.undo(portalId, undo);
    }

    async function setNightly(isNightly: boolean) {
      const { portalId, leaver } = asked;
      const leaverId = leaver && (await findLeaver(portalId, leaver, isNightly));
      if (leaverId === undefined) return { status: 'refused', reason: 'OWNER_NOT_FOUND' };
      await control.setNightly(portalId, leaverId, isNightly, deadlineEpochMs);
      return { status: 'set', leaverOwnerId: leaverId, nightly: isNightly };
    }

    /** Whoever HubSpot deleted meanwhile can still be taken off the list, by their ID. */
    async function findLeaver(portalId: PortalId, leaver: OwnerRef, isNightly: boolean): Promise<OwnerId | undefined> {
      if (!isNightly && leaver.kind === 'ownerId') return leaver.ownerId;
      const found = await findPerson(portalId, leaver, deadlineEpochMs);
      return found.kind === 'found' ? found.owner.id : undefined;
    }

    async function plan({ portalId, leaver, target, clear }: Request): Promise<HandoverAnswer> {
      const leaving = leaver && (await findPerson(portalId, leaver, deadlineEpochMs));
      const coming = target && (await findPerson(portalId, target, deadlineEpochMs));
      if (leaving?.kind !== 'found' || (coming !== undefined && coming.kind !== 'found')) {
        return { kind: 'refused', reason: 'OWNER_NOT_FOUND' };
      }
      const targetId = clear ? '' : coming?.owner.id;
      return control.plan({ portalId, leaverId: leaving.owner.id, target: targetId, requestedBy: '' }, deadlineEpochMs);
    }
  };
}

const telemetry = createTelemetry('handOver');
export const handler = createHandler(telemetry, lazyHandoverRuntime(telemetry));
