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
