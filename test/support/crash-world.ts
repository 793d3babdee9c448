import { type FetchOptions, nodeFetch } from '../../lib/network/fetch.ts';
import { createQueuedResults } from '../../lib/store/queued-results.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { toPortalId } from '../builders/ids.ts';
import { type FloodService, startFloodService } from './flood-service.ts';
import { type Fate, KILLED } from './mortal.ts';
import type { EnrollOptions, Execution } from './queued-enrollment.ts';
import { OTHER_PORTAL, PORTAL } from './service.ts';

export type CrashRun = {
  readonly mode: 'auto' | 'queued';
  /** Where containers are killed. `ordinal` counts the steps of the container from 0. */
  readonly fate: (step: string, ordinal: number) => ReturnType<Fate>;
};

export type CrashReport = {
  /** Every step that was reached, of all containers, and at how many of them something went wrong. */
  readonly steps: readonly string[];
  readonly mishaps: number;
  /** How the executions ended, in words. */
  readonly ends: readonly string[];
  /** What is not as it must be; nothing, when all is well. */
  readonly broken: readonly string[];
};

const BLOCK_MS = 2 * 86_400_000;
/** HubSpot's first retry comes after a minute, and each one after twice the time (workflow actions guide, read 2026-11-23). */
const RETRY_MS = 60_000;
const MOST_ROUNDS = 200;

const ENROLMENTS: readonly EnrollOptions[] = [
  {},
  { email: 'nobody@example.com' },
  { inputFields: { overwrite: 'IF_UNASSIGNED' }, omitProperties: true },
];

/**
 * A few executions from their enrollment to their end, with everything that redelivers: HubSpot what it got no answer for, SQS
 * what was not deleted. Containers are killed as the run says, and the next one knows nothing of them.
 */
export async function runCrashing({ mode, fate }: CrashRun): Promise<CrashReport> {
  const steps: string[] = [];
  const ordinals = new Map<string, number>();
  const writes: { readonly objectId: string; readonly atEpochMs: number }[] = [];
  let mishaps = 0;
  const service = await startFloodService({
    // Enough to tell a worker that died from one that always does.
    maxReceives: 3,
    config: { queuedPortals: new Set(mode === 'queued' ? [toPortalId(PORTAL)] : []) },
    fate(step) {
      const [container = ''] = step.split(' ');
      const ordinal = ordinals.get(container) ?? 0;
      ordinals.set(container, ordinal + 1);
      steps.push(step);
      const end = fate(step, ordinal);
      if (end !== undefined) mishaps += 1;
      return end;
    },
    world: {
      fetch: (url, init) => {
        for (const objectId of writtenBy(url, init)) writes.push({ objectId, atEpochMs: service.clock.now() });
        return nodeFetch(url, init);
      },
    },
  });
  const jane = addActiveOwner(service.simulator.state, PORTAL, { email: 'jane@example.com' });
  addActiveOwner(service.simulator.state, OTHER_PORTAL, { email: 'jane@example.com' });
  const bystander = addRecord(service.simulator.state, PORTAL, { typeId: '0-1' });
  const executions = ENROLMENTS.map((enrollment) => service.hubspot.enroll(enrollment));
  if (mode === 'auto') await service.spendBudget(5_000);
  const restart = () => {
    service.restart();
    ordinals.clear();
  };
  await runToEnd(service, executions, restart);
  const startedAtEpochMs = service.queue.sent[0]?.sentAtEpochMs ?? 0;
  const broken = [
    ...(await findBroken(service, executions, jane.id)),
    ...executions.flatMap(({ objectId }) => {
      const count = writes.filter((write) => write.objectId === objectId).length;
      return count > 1 + mishaps ? [`${objectId} was written ${count} times`] : [];
    }),
    ...writes.flatMap(({ objectId, atEpochMs }) => {
      const isOurs = executions.some((execution) => execution.objectId === objectId);
      if (!isOurs) return [`${objectId}, which nobody enrolled, was written`];
      return atEpochMs >= startedAtEpochMs + BLOCK_MS ? [`${objectId} was written after its block`] : [];
    }),
    ...(ownerOf(service, bystander.id) === '' ? [] : ['a record that nobody enrolled has an owner']),
    ...service.simulator.violations,
    ...service.hubspot.violations,
  ];
  await service.close();
  const ends = executions.map(({ outputs, how }) => `${how()} ${outputs?.outcome} ${outputs?.errorCode}`);
  return { steps, mishaps, ends, broken };
}

/** Whatever is due next happens, until nobody waits for anything. */
async function runToEnd(service: FloodService, executions: readonly Execution[], restart: () => void): Promise<void> {
  const { clock, queue } = service;
  const retries = new Map(executions.map((execution) => [execution, { atEpochMs: clock.now(), waitMs: RETRY_MS }]));
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const unanswered = executions.filter(({ state }) => state === 'unanswered');
    const sends = unanswered.map((execution) => ({ execution, retry: retries.get(execution) }));
    const [send] = sends.sort((one, other) => (one.retry?.atEpochMs ?? 0) - (other.retry?.atEpochMs ?? 0));
    const sendAt = send?.retry?.atEpochMs ?? Number.POSITIVE_INFINITY;
    const liveAt = queue.live.nextAtEpochMs() ?? Number.POSITIVE_INFINITY;
    const deadAt = queue.dead.nextAtEpochMs() ?? Number.POSITIVE_INFINITY;
    const next = Math.min(sendAt, liveAt, deadAt);
    if (next === Number.POSITIVE_INFINITY) return;
    clock.advance(Math.max(0, next - clock.now()));
    let isKilled: boolean;
    if (send?.retry !== undefined && next === sendAt) {
      isKilled = (await service.deliver(send.execution)) === KILLED;
      const { waitMs } = send.retry;
      retries.set(send.execution, { atEpochMs: clock.now() + waitMs, waitMs: waitMs * 2 });
    } else {
      const worked = next === liveAt ? await service.work() : await service.handleDeadLetters();
      isKilled = worked.failedIds === undefined;
    }
    if (isKilled) restart();
  }
}

/** Every execution has ended with the truth, and the ledger holds the same result. */
async function findBroken(service: FloodService, executions: readonly Execution[], janeId: string): Promise<string[]> {
  const { table, clock, queue } = service;
  const broken: string[] = [];
  if (queue.live.messages.length + queue.dead.messages.length > 0) broken.push('messages are left');
  const results = createQueuedResults(table, { now: clock.now, sleep: clock.sleep, random: () => 0 });
  const ledger = await results.find(
    toPortalId(PORTAL),
    executions.map(({ callbackId }) => callbackId),
  );
  for (const [index, { state, outputs = {}, objectId, callbackId }] of executions.entries()) {
    const answered = { outcome: outputs.outcome, ownerId: outputs.ownerId ?? '', errorCode: outputs.errorCode ?? '' };
    const end = `execution ${index}, ${state}, answered ${JSON.stringify(answered)}`;
    if (state !== 'answered' && state !== 'completed') broken.push(`${end}: it has not ended`);
    const held = ownerOf(service, objectId);
    const isFailed = outputs.hs_execution_state === 'FAIL_CONTINUE';
    if (isFailed !== (answered.outcome === 'FAILED')) broken.push(`${end}: its state is another one`);
    if (isFailed && held !== '') broken.push(`${end}: it says nothing was changed, and the record has ${held}`);
    if (isFailed && !ERRORS[index]?.includes(answered.errorCode)) broken.push(`${end}: the error is another one`);
    if (!isFailed && (answered.ownerId !== janeId || held !== janeId)) broken.push(`${end}: the record has ${held}`);
    const { outcome, ownerId = '', errorCode = '' } = ledger.get(callbackId)?.result ?? {};
    const kept = { outcome, ownerId, errorCode };
    if (JSON.stringify(kept) !== JSON.stringify(answered))
      broken.push(`${end}: the ledger has ${JSON.stringify(kept)}`);
  }
  return broken;
}

/** What the executions may fail with. Nobody has the second one's email, so that it can do nothing else. */
const ERRORS = [['EXPIRED_IN_QUEUE'], ['OWNER_NOT_FOUND', 'EXPIRED_IN_QUEUE'], ['EXPIRED_IN_QUEUE']];

function ownerOf({ simulator }: FloodService, objectId: string): string {
  return readRecordProperty(simulator.state, PORTAL, '0-1', objectId, 'hubspot_owner_id');
}

function writtenBy(url: string | URL, { method, body }: FetchOptions): string[] {
  const { pathname } = new URL(url);
  if (method === 'PATCH') return [pathname.split('/').at(-1) ?? ''];
  if (!pathname.endsWith('/batch/update')) return [];
  return (JSON.parse(String(body)) as { inputs: { id: string }[] }).inputs.map(({ id }) => id);
}
