import { toDeadline } from '../../lib/domain/deadline.ts';
import { RateLimitedError, StoreUnavailableError, UpstreamUnavailableError } from '../../lib/domain/errors.ts';
import type { OpenPart, UnreadablePart } from '../../lib/domain/handover.ts';
import type { ObjectTypeId, OwnerId, PortalId } from '../../lib/domain/ids.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import type { HandoverJob } from '../../lib/ports/handovers.ts';
import { createControlHandover } from '../../lib/use-cases/handovers/control-handover.ts';
import { createFindTarget } from '../../lib/use-cases/handovers/find-target.ts';
import { createMoveBatch } from '../../lib/use-cases/handovers/move-batch.ts';
import { createPlanPage } from '../../lib/use-cases/handovers/plan-page.ts';
import { createRewriteBatch } from '../../lib/use-cases/handovers/rewrite-batch.ts';
import { createRunHandover } from '../../lib/use-cases/handovers/run-handover.ts';
import { createFindPerson } from '../../lib/use-cases/operator/find-person.ts';
import { PORTAL_A, toOwnerId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { createFakeHandovers } from '../fakes/handovers.ts';
import { createOwnedRecords } from '../fakes/owned-records.ts';
import { makeTelemetry } from './recording-telemetry.ts';

export const [LEAVER, TARGET, OTHER] = [toOwnerId('101'), toOwnerId('102'), toOwnerId('103')];
const START = Date.UTC(2026, 10, 27, 9);

/**
 * What a call of the world comes to, before it was done or after: the function is killed, HubSpot refuses for its limit, or the call
 * fails. After it was done that is a lost reply.
 */
export type Mishap = { readonly when: 'before' | 'after'; readonly as: 'kill' | 'limit' | 'fault' };
export class Killed extends Error {}

export type HandoverWorldOptions = {
  readonly parts?: readonly OpenPart[];
  readonly unreadable?: readonly UnreadablePart[];
  readonly lagMs?: number;
  /** Asked before each call of a run to HubSpot or the table. */
  readonly fate?: (name: string) => Mishap | undefined;
};

export const refOf = (ownerId: OwnerId) => ({ kind: 'ownerId', ownerId }) as const;
const notByEmail = () => Promise.reject(new Error('nobody is asked for by email here'));

export const partOf = (objectType: string, property = 'hubspot_owner_id'): OpenPart => ({
  objectType: objectType as ObjectTypeId,
  property,
  label: property,
});

/** Handovers of a portal with everything around them: records, owners, the table, the queue and a clock that only tests move. */
export function createHandoverWorld(options: HandoverWorldOptions = {}) {
  const { parts = [partOf('0-1')], unreadable = [], lagMs = 0, fate = () => undefined } = options;
  let clock = START;
  const now = () => clock;
  const records = createOwnedRecords(now, lagMs);
  const handovers = createFakeHandovers();
  const owners = new Map<OwnerId, Owner>(
    [LEAVER, TARGET, OTHER].map((id) => [id, makeOwner({ id, archived: id === LEAVER })]),
  );
  const successors = new Map<OwnerId, OwnerId>();
  const sent: HandoverJob[] = [];
  let ids = 0;
  const findOwner = async (_portal: PortalId, id: OwnerId) => owners.get(id);
  const findTarget = createFindTarget(
    { findSuccessorId: async (_portal, leaverId) => successors.get(leaverId) },
    findOwner,
  );
  const telemetry = makeTelemetry();

  const control = createControlHandover({
    handovers,
    queue: {
      async sendHandover(job) {
        sent.push(job);
      },
    },
    findPerson: createFindPerson({ resolveOwnerId: findOwner, lookUpLive: notByEmail }),
    findTarget,
    ensureConnected: async () => undefined,
    now,
    newId: () => {
      ids += 1;
      return `handover-${ids}`;
    },
    digestOf: (text) => `digest of ${text}`,
  });

  const fateful = <Port extends object>(
    port: Port,
    limit: () => Error = () => new RateLimitedError(1_000),
    fault: () => Error = () => new UpstreamUnavailableError('http_502'),
  ) =>
    new Proxy(port, {
      get(target, name) {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          const mishap = fate(String(name));
          const errorOf = { kill: () => new Killed(String(name)), limit, fault };
          if (mishap?.when === 'before') throw errorOf[mishap.as]();
          const answer = await method.apply(target, given);
          if (mishap?.when === 'after') throw errorOf[mishap.as]();
          return answer;
        };
      },
    });
  const away = () => new StoreUnavailableError('the table is away');
  const store = fateful(handovers, away, away);
  const search = fateful(records.search);
  const steps = createMoveBatch({
    rewriteBatch: createRewriteBatch(fateful(records.batches), now),
    handovers: store,
    now,
  });
  const runHandover = createRunHandover({
    handovers: store,
    planPage: createPlanPage({
      listParts: async () => ({ parts, unreadable, calls: parts.length + 1 }),
      search,
      handovers: store,
    }),
    ...steps,
    search,
    findActiveOwner: findOwner,
    now,
    log: telemetry.log,
  });

  return {
    records,
    handovers,
    owners,
    successors,
    findOwner,
    findTarget,
    control,
    sent,
    telemetry,
    advance(ms: number) {
      clock += ms;
    },
    now,
    /** One run behind the queue. A kill ends it, and SQS delivers its message again. */
    async run(id: string, stopAt = Number.POSITIVE_INFINITY) {
      return runHandover({ portalId: PORTAL_A, handoverId: id }, toDeadline(stopAt));
    },
    /** Works off the queue, whatever the delays. */
    async drain() {
      for (let job = sent.shift(); job !== undefined; job = sent.shift()) {
        await runHandover(job, toDeadline(Number.POSITIVE_INFINITY));
      }
    },
    /** Asks for a plan, which runs make. */
    async begin(target: OwnerId | '' = TARGET) {
      const asked = {
        portalId: PORTAL_A,
        leaver: refOf(LEAVER),
        target: target === '' ? 'clear' : refOf(target),
      } as const;
      const answer = await control.plan({ ...asked, requestedBy: '7' }, toDeadline(clock + 10_000));
      if (answer.kind !== 'accepted') throw new Error(`the plan was refused: ${answer.reason}`);
      return answer.handover.id;
    },
    /** Plans to the end. @returns the handover's id and digest */
    async plan(target: OwnerId | '' = TARGET) {
      const id = await this.begin(target);
      await this.run(id);
      return { id, digest: control.digest(await this.read(id)) };
    },
    async read(id: string) {
      const handover = await handovers.read(PORTAL_A, id);
      if (handover === undefined) throw new Error('there is no such handover');
      return handover;
    },
  };
}
