import { type HubSpotSimulator, startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { BURST_WINDOW_MS } from '../../local/simulator/rate-limit.ts';
import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import type { SimulatorState } from '../../local/simulator/state.ts';
import { type Execute, enrollAll } from './enrollment.ts';
import type { Flood, FloodOutcome } from './flood.ts';
import { createHubSpotApi, type HubSpotApi } from './hubspot-api.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

type FloodRecord = { readonly id: string; readonly email: string; readonly expectedOwnerId: string };

export type Way = {
  readonly name: string;
  /** Gets ready before the flood; what it asks of HubSpot here is not counted. */
  start(hubspot: HubSpotApi, time: VirtualTime): Promise<Execute<FloodRecord>>;
};

const PORTAL_ID = 4_000_002;
const TOKEN = 'pat-test-flood';
const CONTACTS = '0-1';
const START_EPOCH_MS = Date.UTC(2026, 10, 23, 9, 0, 0);

/** Lets a flood loose on a way of doing the job: virtual time, real HTTP, and HubSpot's simulator at the other end. */
export async function runFlood(flood: Flood, way: Way): Promise<FloodOutcome> {
  const time = createVirtualTime(START_EPOCH_MS);
  const simulator = await startHubSpotSimulator({
    now: time.now,
    sleep: time.sleepWhileHeld,
    burstLimit: flood.burstLimit,
    dailyLimit: 'none',
    latencyMs: flood.latencyMs,
  });
  const hubspot = createHubSpotApi(simulator.url, TOKEN, time);
  try {
    const records = seedFlood(simulator.state, flood);
    const { firstCall, deliveries, settledAfterMs } = await time.run(async () => {
      const execute = await way.start(hubspot, time);
      await time.sleep(BURST_WINDOW_MS);
      const firstCall = simulator.calls.mark();
      const startedAt = time.now();
      const { deliveries } = await enrollAll(time, flood, records, execute);
      return { firstCall, deliveries, settledAfterMs: time.now() - startedAt };
    });
    const calls = simulator.calls.since(firstCall);
    refuseViolations(simulator);
    return {
      way: way.name,
      records: records.length,
      calls: calls.length,
      refused: calls.filter(({ status }) => status === 429).length,
      settledAfterMs,
      ...judge(simulator.state, records),
      deliveries,
    };
  } finally {
    hubspot.close();
    await simulator.close();
  }
}

/** Every owner is to get the same number of records. */
function seedFlood(state: SimulatorState, { records, activeOwners, archivedOwners }: Flood): FloodRecord[] {
  addPortal(state, { portalId: PORTAL_ID, token: TOKEN });
  const owners = Array.from({ length: activeOwners }, (_, index) => {
    const email = `rep-${index + 1}@example.com`;
    return { email, id: addActiveOwner(state, PORTAL_ID, { email }).id };
  });
  for (let index = 0; index < archivedOwners; index += 1) {
    addArchivedOwner(state, PORTAL_ID, { email: `leaver-${index + 1}@example.com` });
  }
  return Array.from({ length: records }, (_, index) => {
    const owner = owners[Math.floor((index * owners.length) / records)];
    if (owner === undefined) throw new Error('a flood needs owners');
    const { id } = addRecord(state, PORTAL_ID, { typeId: CONTACTS });
    return { id, email: owner.email, expectedOwnerId: owner.id };
  });
}

/** By what the CRM holds, whatever the workflow was answered. */
function judge(
  state: SimulatorState,
  records: readonly FloodRecord[],
): Pick<FloodOutcome, 'neverAssigned' | 'wrongOwners'> {
  const held = records.map(({ id, expectedOwnerId }) => {
    const ownerId = readRecordProperty(state, PORTAL_ID, CONTACTS, id, 'hubspot_owner_id');
    return ownerId === '' ? 'none' : ownerId === expectedOwnerId ? 'expected' : 'wrong';
  });
  const count = (kind: string) => held.filter((each) => each === kind).length;
  return { neverAssigned: count('none'), wrongOwners: count('wrong') };
}

/** A way that calls HubSpot wrongly would be measured at something else than its job. */
function refuseViolations({ violations }: HubSpotSimulator): void {
  if (violations.length > 0)
    throw new Error(`HubSpot would not take these calls: ${violations.slice(0, 3).join('; ')}`);
}
