import { toDeadline } from '../../lib/domain/deadline.ts';
import { StoreUnavailableError, UpstreamUnavailableError } from '../../lib/domain/errors.ts';
import type { OwnerId, PortalId } from '../../lib/domain/ids.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import type { HandoverJob, StoredHandover } from '../../lib/ports/handovers.ts';
import { createControlHandover } from '../../lib/use-cases/handovers/control-handover.ts';
import { createFindTarget } from '../../lib/use-cases/handovers/find-target.ts';
import { createMoveBatch } from '../../lib/use-cases/handovers/move-batch.ts';
import { createPlanPage } from '../../lib/use-cases/handovers/plan-page.ts';
import { createRewriteBatch } from '../../lib/use-cases/handovers/rewrite-batch.ts';
import { createRunHandover } from '../../lib/use-cases/handovers/run-handover.ts';
import { createStartNightly } from '../../lib/use-cases/handovers/start-nightly.ts';
import { createFindPerson } from '../../lib/use-cases/operator/find-person.ts';
import { createSetAlias } from '../../lib/use-cases/operator/set-alias.ts';
import { createSetSuccessor } from '../../lib/use-cases/operator/set-successor.ts';
import { createChangeHandover } from '../../lib/use-cases/page/change-handover.ts';
import { createChangeOnce } from '../../lib/use-cases/page/change-once.ts';
import { createMakeChange } from '../../lib/use-cases/page/make-change.ts';
import { makeOwner } from '../builders/owner.ts';
import { createFakeAliases } from '../fakes/aliases.ts';
import { createFakeChangeLog } from '../fakes/change-log.ts';
import { createFakeHandovers } from '../fakes/handovers.ts';
import { createOwnedRecords } from '../fakes/owned-records.ts';
import { createFakeSuccessors } from '../fakes/successors.ts';
import { LEAVER, OTHER, partOf, TARGET } from './handover-world.ts';
import { makeTelemetry } from './recording-telemetry.ts';

export const PROPERTIES = ['hubspot_owner_id', 'csm'];
const PARTS = PROPERTIES.map((property) => partOf('0-1', property));
const START = Date.UTC(2026, 10, 27, 9);

/** Makes the calls of everybody who works at once, one at a time, in the order that a test chooses. */
type Turn = <T>(process: string, call: string, act: () => Promise<T>, fault: () => Error) => Promise<T>;

/** The settings page, the operators' functions and the worker over one table, one HubSpot account and one clock. */
export function createPageWorld(turn: Turn, onWrite: (key: string, to: string) => void) {
  let clock = START;
  const now = () => clock;
  const telemetry = makeTelemetry();
  const rows = new Map<string, StoredHandover>();
  const settings = { Successor: '', Alias: '', Nightly: '' };
  const tables = {
    handovers: watch(createFakeHandovers()),
    changes: createFakeChangeLog(now),
    successors: createFakeSuccessors(),
    aliases: createFakeAliases(),
  };
  const records = createOwnedRecords(now);
  const batches: typeof records.batches = {
    ...records.batches,
    async writeOwners(property, values, ...limits) {
      const answer = await records.batches.writeOwners(property, values, ...limits);
      const written = answer.kind === 'answered' ? answer.written : new Set<string>();
      for (const [id, to] of values) if (written.has(id)) onWrite(`${id}/${property.property}`, to);
      return answer;
    },
  };
  const owners = new Map<OwnerId, Owner>(
    [LEAVER, TARGET, OTHER].map((id) => [id, makeOwner({ id, archived: id === LEAVER })]),
  );
  const sent: { readonly job: HandoverJob; readonly delaySeconds: number }[] = [];
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };

  /** Notes what stands after each call, because a fake answers later only. */
  function watch(handovers: ReturnType<typeof createFakeHandovers>): typeof handovers {
    return {
      ...handovers,
      async create(...asked) {
        const row = await handovers.create(...asked);
        rows.set(row.id, row);
        return row;
      },
      async save(...asked) {
        const row = await handovers.save(...asked);
        if (row !== undefined) rows.set(row.id, row);
        return row;
      },
    };
  }

  /** What one process, with its own calls, does to all of that. */
  function open(process: string) {
    const through = <Port extends object>(port: Port, fault: () => Error): Port =>
      new Proxy(port, {
        get(target, name) {
          const method = Reflect.get(target, name);
          if (typeof method !== 'function') return method;
          return (...given: unknown[]) =>
            turn(
              process,
              String(name),
              async () => note(String(name), given, await method.apply(target, given)),
              fault,
            );
        },
      });
    const away = () => new StoreUnavailableError('the table is away');
    const down = () => new UpstreamUnavailableError('http_502');
    const handovers = through(tables.handovers, away);
    const changes = through(tables.changes, away);
    const successors = through(tables.successors, away);
    const aliases = through(tables.aliases, away);
    const queue = through(
      {
        async sendHandover(job: HandoverJob, delaySeconds: number) {
          sent.push({ job, delaySeconds });
        },
        async send() {},
      },
      away,
    );
    const hubspot = through({ findOwner: async (_portal: PortalId, id: OwnerId) => owners.get(id) }, down);
    const resolver = {
      resolveOwnerId: hubspot.findOwner,
      lookUpLive: async () => ({ kind: 'refused', reason: 'OWNER_NOT_FOUND', about: [] }) as never,
    } as never;
    const ensureConnected = async () => undefined;
    const findTarget = createFindTarget(successors, hubspot.findOwner);
    const { log } = telemetry;
    const control = createControlHandover({
      handovers,
      queue,
      findPerson: createFindPerson(resolver),
      findTarget,
      ensureConnected,
      now,
      newId,
      digestOf: (text) => text,
    });
    const search = through(records.search, down);
    const steps = createMoveBatch({
      rewriteBatch: createRewriteBatch(through(batches, down), now),
      handovers,
      now,
    });
    return {
      control,
      changeOnce: createChangeOnce({ changes, newId, log }),
      changeHandover: createChangeHandover(control),
      makeChange: createMakeChange({
        setSuccessor: createSetSuccessor({ resolver, successors, ensureConnected, now, log }),
        setAlias: createSetAlias({ resolver, aliases, ensureConnected, now, log }),
        aliases,
        successors,
        queue: queue as never,
        newId,
        now,
      }),
      startNightly: createStartNightly({
        handovers,
        queue,
        findTarget,
        findOwner: hubspot.findOwner,
        now,
        log,
        maxCalls: 1_000,
      }),
      runHandover: createRunHandover({
        handovers,
        planPage: createPlanPage({
          listParts: async () => ({ parts: PARTS, unreadable: [], calls: 1 }),
          search,
          handovers,
        }),
        ...steps,
        search,
        findActiveOwner: hubspot.findOwner,
        now,
        log,
      }),
    };
  }

  function note<T>(name: string, [, about, value]: readonly unknown[], answer: T): T {
    if (name === 'setSuccessor') settings.Successor = String(value);
    if (name === 'removeSuccessor') settings.Successor = '';
    if (name === 'setNightly') settings.Nightly = String(value);
    if (name === 'set') settings.Alias = String((about as { ownerId: string }).ownerId);
    if (name === 'remove') settings.Alias = '';
    return answer;
  }

  return {
    changes: tables.changes,
    allHandovers: () => [...rows.values()].sort((one, other) => other.plannedAtEpochMs - one.plannedAtEpochMs),
    settings: (): Readonly<Record<string, string>> => ({ ...settings }),
    records,
    owners,
    sent,
    now,
    open,
    advance(ms: number) {
      clock += ms;
    },
    deadline: () => toDeadline(clock + 12_000),
  };
}
