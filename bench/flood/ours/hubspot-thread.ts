import { parentPort, workerData } from 'node:worker_threads';
import { SET_OWNER_BY_EMAIL } from '../../../lib/action/definition.ts';
import { actionLabels } from '../../../local/history-labels.ts';
import { LOCAL_CLIENT_SECRET } from '../../../local/seed.ts';
import type { ChaosPlan } from '../../../local/simulator/chaos.ts';
import type { Flood } from '../../../local/simulator/flood.ts';
import type { FloodEnrollment, FloodReport } from '../../../local/simulator/flood-ledger.ts';
import { startHubSpotSimulator } from '../../../local/simulator/hubspot-simulator.ts';
import { readRecordProperty } from '../../../local/simulator/seed-records.ts';
import { createWorkflowEngine } from '../../../local/simulator/workflow-engine.ts';
import { answerQuestions } from './channel.ts';
import { countCalls, type HubSpotCalls } from './count-calls.ts';
import { CONTACTS, type SeededRecord, seedFlooded } from './seed-flooded.ts';
import type { FloodPortal } from './setup.ts';

export type HubSpotSetup = {
  readonly burstLimit: number;
  readonly latencyMs: number;
  readonly portals: readonly FloodPortal[];
};
/** Records `from` up to, and not including, `to` of a portal. */
export type Enrolling = {
  readonly name: string;
  readonly actionUrl: string;
  readonly portalIds: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
  readonly maxInFlight: number;
};
export type Settling = { readonly name: string; readonly waitMs: number };
export type Settled = {
  readonly report: FloodReport;
  readonly startedAtEpochMs: number;
  /** When every execution of this flood had ended, or the wait for it. */
  readonly endedAtEpochMs: number;
  /** By what the CRM holds, whatever anybody was answered. */
  readonly neverAssigned: number;
  readonly wrongOwners: number;
  readonly violations: readonly string[];
};

/** HubSpot on a thread of its own: the API with its limits, and the workflows that enroll. */
const port = parentPort;
if (port === null) throw new Error('this is a thread');
const { portals, ...limits } = workerData as HubSpotSetup;
const simulator = await startHubSpotSimulator({ ...limits, dailyLimit: 'none' });
const { state } = simulator;
const records = seedFlooded(state, portals);
const floods = new Map<
  string,
  { readonly flood: Flood; readonly enrolled: SeededRecord[]; startedAtEpochMs: number }
>();

answerQuestions(
  { send: (message) => port.postMessage(message), onMessage: (listener) => void port.on('message', listener) },
  {
    url: () => simulator.url,
    enroll,
    progress: (name: string) => floodOf(name).flood.report(),
    awaitEnd,
    mark: () => simulator.calls.mark(),
    callsSince: (mark: number): HubSpotCalls => countCalls(simulator.calls.since(mark)),
    chaos: (plan: ChaosPlan) => void simulator.faults.chaos(plan),
    calm: () => simulator.faults.clear(),
  },
);

function enroll({ name, actionUrl, portalIds, from, to, perSecond, maxInFlight }: Enrolling): void {
  const engine = createWorkflowEngine({
    state,
    clientSecret: LOCAL_CLIENT_SECRET,
    actionBaseUrl: actionUrl,
    labels: actionLabels([SET_OWNER_BY_EMAIL]),
    maxAttempts: 12,
  });
  // In turn: each portal gets its records at the same pace.
  const enrolled = Array.from({ length: to - from }, (_, index) =>
    portalIds.flatMap((portalId) => records.get(portalId)?.[from + index] ?? []),
  ).flat();
  const enrollments = enrolled.map(
    ({ portalId, id, email, ownerId }, index): FloodEnrollment => ({
      portalId,
      objectType: 'CONTACT',
      objectId: id,
      inputFields: { ownerEmail: email },
      expectedOwnerId: ownerId,
      // Several engines may be under way: no two executions share a callback.
      enrollmentId: 63_000_000_001 + floods.size * 1_000_000 + index,
    }),
  );
  const startedAtEpochMs = Date.now();
  const flood = engine.flood({ action: SET_OWNER_BY_EMAIL, enrollments, perSecond, maxInFlight });
  floods.set(name, { flood, enrolled, startedAtEpochMs });
}

async function awaitEnd({ name, waitMs }: Settling): Promise<Settled> {
  const { flood, enrolled, startedAtEpochMs } = floodOf(name);
  const report = await flood.settled({ untilEpochMs: Date.now() + waitMs });
  const endedAtEpochMs = Date.now();
  const held = enrolled.map(({ portalId, id, ownerId }) => {
    const holds = readRecordProperty(state, portalId, CONTACTS, id, 'hubspot_owner_id');
    return holds === '' ? 'nobody' : holds === ownerId ? 'right' : 'wrong';
  });
  const count = (what: string) => held.filter((each) => each === what).length;
  return {
    report,
    startedAtEpochMs,
    endedAtEpochMs,
    neverAssigned: count('nobody'),
    wrongOwners: count('wrong'),
    violations: simulator.violations,
  };
}

function floodOf(name: string) {
  const flood = floods.get(name);
  if (flood === undefined) throw new Error(`nobody was enrolled as ${name}`);
  return flood;
}
