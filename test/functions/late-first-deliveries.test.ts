import { changeRecord } from '../../local/simulator/seed-records.ts';
import { PORTAL } from '../support/service.ts';
import { HOLD_BACK_MS, LATER_MS, useFlood } from '../support/use-flood.ts';

const OWNER = 'hubspot_owner_id';
const flood = useFlood();

let jane: string;
let bob: string;

beforeEach(() => {
  jane = flood.hire().id;
  bob = flood.hire({ email: 'bob@example.com' }).id;
});

/** The service never saw its first delivery. HubSpot signed it, and sends it again as it is. */
function enrollUnseen(overwrite: string, setMeanwhile: string) {
  const { hubspot, simulator, clock } = flood();
  const execution = hubspot.enroll({ inputFields: { overwrite } });
  clock.advance(20_000);
  changeRecord(simulator.state, PORTAL, '0-1', execution.objectId, { [OWNER]: setMeanwhile });
  clock.advance(40_000);
  return execution;
}

it.each(['ALWAYS', 'IF_UNASSIGNED', 'IF_OWNER_INACTIVE'])(
  '[L1, L2] The first delivery that arrives keeps an owner who was set since HubSpot signed it: %s',
  async (overwrite) => {
    const execution = enrollUnseen(overwrite, bob);
    await flood().deliver(execution, { signedMsAgo: 60_000 });
    expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
    expect(flood.ownerOf(execution)).toBe(bob);
  },
);

it('[L1, L2] A first delivery that was signed a minute ago and is queued keeps an owner who was set since', async () => {
  const execution = enrollUnseen('ALWAYS', bob);
  flood().restart();
  await flood().spendBudget(LATER_MS);
  await flood().deliver(execution, { signedMsAgo: 60_000 });
  expect(execution.state).toBe('waiting');
  flood().clock.advance(LATER_MS + HOLD_BACK_MS);
  await flood.processExecutions();
  expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob });
  expect(flood.ownerOf(execution)).toBe(bob);
});

it.each([
  [-4_000, 'by a clock that is ahead'],
  [19_000, 'nineteen seconds ago'],
])('A first delivery that was signed %p ms ago takes one call, as ever (%s)', async (signedMsAgo) => {
  const execution = flood().hubspot.enroll({ inputFields: { overwrite: 'IF_UNASSIGNED' } });
  await flood.enroll();
  const calls = await flood.callsOf(() => flood().deliver(execution, { signedMsAgo }));
  expect(calls).toEqual(['PATCH object']);
  expect(flood.ownerOf(execution)).toBe(jane);
});

describe.each([-120_000, 4_000])('If the clock of HubSpot is %p ms ahead', (aheadMs) => {
  beforeEach(() => {
    const { simulator, clock } = flood();
    Object.assign(simulator.state, { now: () => clock.now() + aheadMs });
  });

  /** The first delivery, one second after the record was made and one before somebody may set its owner. */
  async function waitFrom(how: string, setMeanwhile?: string) {
    const { hubspot, simulator, clock } = flood();
    const execution = hubspot.enroll({ properties: { [OWNER]: bob } });
    clock.advance(1_000);
    if (how === 'queued') {
      flood().restart();
      await flood().spendBudget(LATER_MS);
    } else simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
    await flood().deliver(execution, { signedMsAgo: -aheadMs });
    simulator.faults.clear();
    clock.advance(1_000);
    if (setMeanwhile !== undefined) {
      changeRecord(simulator.state, PORTAL, '0-1', execution.objectId, { [OWNER]: setMeanwhile });
    }
    clock.advance(LATER_MS + HOLD_BACK_MS);
    flood().restart();
    if (how === 'queued') await flood.processExecutions();
    else await flood().deliver(execution, { signedMsAgo: -aheadMs });
    return execution;
  }

  it.each(['queued', 'sent again'])(
    '[L2] An execution that is %s replaces an owner from just before it',
    async (how) => {
      const { outputs } = await waitFrom(how);
      expect(outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane, previousOwnerId: bob });
    },
  );

  it.each(['queued', 'sent again'])('[L2] An execution that is %s keeps an owner from just after it', async (how) => {
    const omar = flood.hire({ email: 'omar@example.com' }).id;
    const execution = await waitFrom(how, omar);
    expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: omar });
    expect(flood.ownerOf(execution)).toBe(omar);
  });
});
