import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { toDeadline } from '../lib/domain/deadline.ts';
import { type PortalId, parseObjectId, parseObjectType, parseOwnerId, parsePortalId } from '../lib/domain/ids.ts';
import { paceOf } from '../lib/domain/rate-limit.ts';
import { createCrmRecords } from '../lib/hubspot/api/records.ts';
import { createTelemetry } from '../lib/observability/telemetry.ts';
import { createHandoverRun } from '../lib/runtime/handover-run.ts';
import { createHandoverRuntime } from '../lib/runtime/handover-runtime.ts';
import { BEHIND_FLOODS, createHubSpot, INTERACTIVE } from '../lib/runtime/hubspot.ts';
import { backgroundPlatform } from '../lib/runtime/platform.ts';
import { createSyncRuntime } from '../lib/runtime/sync-runtime.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../local/simulator/hubspot-simulator.ts';
import { addActiveOwner } from '../local/simulator/seed-owners.ts';
import { addPortal } from '../local/simulator/seed-portals.ts';
import { addRecords } from '../local/simulator/seed-records.ts';
import { createFlood } from './handover-flood.ts';
import { inMs, inSeconds, inTimes, type Report } from './report.ts';
import { TABLE_NAME, useSettings } from './settings.ts';
import { quantile } from './statistics.ts';

const PORTAL = 23_000_001;
const TOKEN = 'pat-bench-handover';
const CONTACTS = '0-1';
const OWNER = 'hubspot_owner_id';
/** An app of the marketplace, with the lowest limit (usage guidelines, read 2026-11-23). */
const LIMIT = { calls: 110, windowMs: 10_000 };
const LATENCY_MS = 120;
const RECORDS = 6_000;
const ONE_BY_ONE = 60;
/** Somebody waits for one of these now and then. */
const INLINE_EVERY_MS = 700;
const DEADLINE_MS = 300_000;
const NO_SQS = { send: async () => ({}) } as unknown as SQSClient;
/** Executions of one round of the flood: thirty batches, which take some ten seconds at the limit. */
const FLOODED = 750;
const ROUNDS = 4;
const PEOPLE = 2;

/** Moves the records of one leaver, gives them back while somebody else's executions go on, and moves a few one by one. */
export async function reportHandover(report: Report, dynamoDbUrl: string): Promise<void> {
  report.heading('A handover: records a minute, calls, and who waits beside it');
  useSettings({
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const simulator = await startHubSpotSimulator({
    burstLimit: LIMIT.calls,
    dailyLimit: 'none',
    latencyMs: LATENCY_MS,
  });
  try {
    await measure(report, simulator);
  } finally {
    await simulator.close();
  }
}

async function measure(report: Report, simulator: HubSpotSimulator): Promise<void> {
  const { state } = simulator;
  const portalId = demand(parsePortalId(PORTAL));
  addPortal(state, { portalId: PORTAL, token: TOKEN });
  const [leaver, target, other] = ['lena', 'jane', 'omar'].map((name) =>
    demand(parseOwnerId(addActiveOwner(state, PORTAL, { email: `${name}@example.com` }).id)),
  );
  addRecords(state, PORTAL, CONTACTS, RECORDS, () => ({ [OWNER]: String(leaver) }));
  const inline = addRecords(state, PORTAL, CONTACTS, ONE_BY_ONE + 200);
  // What was set in the second of the plan would count as set after it.
  await delay(1_100);

  const telemetry = createTelemetry('bench');
  const platform = backgroundPlatform();
  const config = {
    hubspotApiBaseUrl: simulator.url,
    staticTokens: new Map([[portalId, TOKEN]]),
    tableName: TABLE_NAME,
    refreshQueueUrl: 'http://127.0.0.1:9/unused',
    ownerMaxAgeMs: 26 * 3_600_000,
  };
  const queue = { async sendHandover() {} };
  const { control } = createHandoverRuntime(config, telemetry, platform, NO_SQS);
  const { runHandover } = createHandoverRun(config, telemetry, platform, queue);
  const deadline = () => toDeadline(Date.now() + DEADLINE_MS);
  const ofHubSpot = {
    leaver: { kind: 'ownerId', ownerId: demand(leaver) },
    target: { kind: 'ownerId', ownerId: demand(target) },
    requestedBy: '',
  } as const;
  const planned = await control.plan({ portalId, ...ofHubSpot }, deadline());
  if (planned.kind === 'refused') throw new Error(`the plan was refused: ${planned.reason}`);
  const { id } = planned.handover;
  const run = async () => {
    while ((await runHandover({ portalId, handoverId: id }, deadline())) !== undefined) await delay(100);
    return demand((await control.list(portalId)).find((handover) => handover.id === id));
  };

  const planStart = Date.now();
  const plan = await run();
  const planMs = Date.now() - planStart;
  const searches = simulator.calls.all().filter(({ route }) => route === 'POST objects search').length;

  const before = simulator.calls.all().length;
  await control.start(portalId, id, control.digest(plan));
  const moveStart = Date.now();
  const moved = await run();
  const moveMs = Date.now() - moveStart;
  const calls = simulator.calls.all().slice(before);
  const batched = calls.filter(({ route }) => route?.startsWith('POST objects batch'));
  const batchCalls = batched.length;
  // Without the searches that count what is left at the end: they have a limit of their own.
  const batchMs = demand(batched.at(-1)).atEpochMs - moveStart;

  // Beside the undo somebody waits for an answer now and then.
  const { send } = createHubSpot(config, telemetry, platform, INTERACTIVE);
  const inlineRecords = createCrmRecords(send, simulator.url, telemetry);
  const waits: number[] = [];
  const ending = new AbortController();
  const inlineWork = writeNowAndThen(ending.signal, async (index) => {
    const startedAt = performance.now();
    await inlineRecords.writeOwner(
      { portalId, ...refOf(inline[index]?.id), property: OWNER },
      demand(other),
      toDeadline(Date.now() + 8_000),
    );
    waits.push(performance.now() - startedAt);
  });
  await control.undo(portalId, id);
  const undone = await run();
  ending.abort();
  await inlineWork;
  const refused = simulator.calls.all().filter(({ status }) => status === 429).length;
  const onePaceMs = await measureOneByOne(simulator, config, portalId, inline.slice(200), demand(target));

  const again = await control.plan({ portalId, ...ofHubSpot }, deadline());
  if (again.kind === 'refused') throw new Error(`the second plan was refused: ${again.reason}`);
  const flood = await measureFlood(simulator, config, { control, runHandover, portalId, id: again.handover.id });

  const perMinute = Math.round((RECORDS / moveMs) * 60_000);
  const possible = 1_000 / paceOf(LIMIT).intervalMs;
  const share = batchCalls / (batchMs / 1_000) / possible;
  report.line(`${RECORDS} contacts of one leaver, ${LIMIT.calls} calls in ten seconds, ${LATENCY_MS} ms a call.`);
  report.table(
    ['way', 'records a minute', 'calls per 100 records'],
    [
      ['handover', String(perMinute), ((batchCalls / RECORDS) * 100).toFixed(2)],
      ['one record after the other', String(Math.round(60_000 / onePaceMs)), '100.00'],
    ],
  );
  report.line(`Planned in ${inSeconds(planMs)} with ${searches} searches, moved in ${inSeconds(moveMs)}.`);
  report.line(`Moved ${moved.moved.done}, given back ${undone.undone.done}, refused for the limit ${refused}.`);
  const percent = (value: number) => `${(value * 100).toFixed(0)} %`;
  report.budget({
    what: 'handover, calls per 100 records',
    limit: 2.2,
    measured: (batchCalls / RECORDS) * 100,
    format: (value) => value.toFixed(2),
  });
  report.budget({
    what: 'handover, share of the calls it may make that it leaves unused',
    limit: 0.15,
    measured: 1 - Math.min(1, share),
    format: percent,
  });
  report.budget({
    what: `inline write beside a handover, p95 of ${waits.length}`,
    limit: 1_000,
    measured: quantile(waits, 0.95),
    format: inMs,
  });
  report.line(
    `A flood of ${FLOODED} executions, from the queue to the last callback, alone and beside a handover, in turns:`,
  );
  report.table(
    ['round', 'alone', 'beside', 'times', 'handed over meanwhile'],
    flood.map(({ aloneMs, besideMs, moved: records }, index) => [
      String(index + 1),
      inSeconds(aloneMs),
      inSeconds(besideMs),
      (besideMs / aloneMs).toFixed(2),
      String(records),
    ]),
  );
  const best = (times: readonly number[]) => Math.min(...times);
  report.budget({
    // Whatever else the machine does only adds to a round.
    what: `flood beside a handover, time, best of ${ROUNDS} rounds each`,
    limit: 1.15,
    measured: best(flood.map(({ besideMs }) => besideMs)) / best(flood.map(({ aloneMs }) => aloneMs)),
    format: inTimes,
  });
  report.budget({
    what: 'handover, records lost or wrong',
    limit: 0,
    measured: RECORDS - moved.moved.done,
    format: String,
  });
}

type Bench = {
  readonly control: ReturnType<typeof createHandoverRuntime>['control'];
  readonly runHandover: ReturnType<typeof createHandoverRun>['runHandover'];
  readonly portalId: PortalId;
  readonly id: string;
};

/** Rounds in turns: whatever else the machine does meanwhile slows both down. */
async function measureFlood(
  simulator: HubSpotSimulator,
  config: Parameters<typeof createSyncRuntime>[0] & { readonly ownerMaxAgeMs: number },
  { control, runHandover, portalId, id }: Bench,
) {
  const { state } = simulator;
  const emails = Array.from({ length: PEOPLE }, (_, index) => `rep-${index}@example.com`);
  for (const email of emails) addActiveOwner(state, PORTAL, { email });
  const records = addRecords(state, PORTAL, CONTACTS, FLOODED).map((record) => demand(parseObjectId(record.id)));
  // As after a night: the owners are in the table.
  const { runRefresh } = createSyncRuntime(config, createTelemetry('bench'), backgroundPlatform(), NO_SQS);
  const job = { portalId, runId: 'bench', requestedAtEpochMs: Date.now(), force: false, continuations: 0 };
  const refreshed = await runRefresh(job, toDeadline(Date.now() + DEADLINE_MS));
  if (refreshed?.kind !== 'done') throw new Error(`the owners were not refreshed: ${refreshed?.kind}`);
  const objectType = demand(parseObjectType(CONTACTS));
  const runRound = createFlood(config, { portalId, objectType, property: OWNER, records, emails }, state.blocked);
  const handover = { portalId, handoverId: id };
  const run = async () => {
    while ((await runHandover(handover, toDeadline(Date.now() + DEADLINE_MS))) !== undefined) await delay(100);
  };
  const read = async () => demand((await control.list(portalId)).find((handover) => handover.id === id));
  await run();
  const digest = control.digest(await read());
  // Containers load what they use once.
  await runRound();
  const rounds: { readonly aloneMs: number; readonly besideMs: number; readonly moved: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const aloneMs = await runRound();
    const { moved: before } = await read();
    await control.start(portalId, id, digest);
    const running = run();
    const besideMs = await runRound();
    const { status, moved } = await read();
    if (status !== 'moving') throw new Error('the handover ended before the flood beside it');
    await control.stop(portalId, id);
    await running;
    rounds.push({ aloneMs, besideMs, moved: moved.done - before.done });
  }
  return rounds;
}

async function measureOneByOne(
  simulator: HubSpotSimulator,
  config: Parameters<typeof createHubSpot>[0],
  portalId: PortalId,
  records: readonly { readonly id: string }[],
  target: NonNullable<ReturnType<typeof parseOwnerId>>,
): Promise<number> {
  const telemetry = createTelemetry('bench');
  const { send } = createHubSpot(config, telemetry, { ...backgroundPlatform(), newId: randomUUID }, BEHIND_FLOODS);
  const crm = createCrmRecords(send, simulator.url, telemetry);
  const startedAt = Date.now();
  for (const { id } of records)
    await crm.writeOwner({ portalId, ...refOf(id), property: OWNER }, target, toDeadline(Date.now() + 60_000));
  return (Date.now() - startedAt) / records.length;
}

async function writeNowAndThen(signal: AbortSignal, write: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; !signal.aborted; index += 1) {
    await write(index);
    await delay(INLINE_EVERY_MS);
  }
}

function refOf(id: string | undefined) {
  return { objectType: demand(parseObjectType(CONTACTS)), objectId: demand(parseObjectId(id)) };
}

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the bench is not set up as it should be');
  return value;
}
