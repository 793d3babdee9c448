import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../../lib/domain/assignment.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import { executionKey } from '../../lib/store/execution-item.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { addProperty } from '../../local/simulator/seed-portals.ts';
import { addRecord, changeRecord, mergeRecords, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { toPortalId } from '../builders/ids.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import type { EnrollOptions, Execution } from '../support/queued-enrollment.ts';
import { PORTAL } from '../support/service.ts';
import { HOLD_BACK_MS, useFlood } from '../support/use-flood.ts';

const HOUR_MS = 3_600_000;
const OWNER = 'hubspot_owner_id';
const flood = useFlood();
const modes = OVERWRITE.flatMap((overwrite) =>
  IF_NOT_ASSIGNABLE.map((ifNotAssignable) => [overwrite, ifNotAssignable]),
);

let jane: string;
let bob: string;

beforeEach(() => {
  jane = flood.hire().id;
  bob = flood.hire({ email: 'bob@example.com' }).id;
  addProperty(flood().simulator.state, PORTAL, '0-1', { name: 'csm_owner', referencedObjectType: 'OWNER' });
});

/** HubSpot cannot be asked, so it gets a 503 and sends the very same body again. */
async function enrollInAnOutage(options: EnrollOptions = {}): Promise<Execution> {
  const { simulator } = flood();
  simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
  const execution = await flood.enroll(options);
  simulator.faults.clear();
  expect(execution).toMatchObject({ state: 'unanswered', answer: { statusCode: 503 } });
  return execution;
}

async function deliverLate(execution: Execution, afterMs = 3 * HOUR_MS): Promise<Execution> {
  flood().clock.advance(afterMs);
  flood().restart();
  await flood().deliver(execution);
  return execution;
}

function setByHand({ objectId }: Execution, value: string, property = OWNER): void {
  flood().clock.advance(60_000);
  changeRecord(flood().simulator.state, PORTAL, '0-1', objectId, { [property]: value });
}

const held = ({ objectId }: Execution, property: string) =>
  readRecordProperty(flood().simulator.state, PORTAL, '0-1', objectId, property);

describe('An execution that is delivered while an older one of its record is being done', () => {
  let meanwhile: (() => Promise<unknown>) | undefined;
  const busy = useFlood({
    world: {
      /** Half of each wait is over when the other execution comes. */
      async sleep(ms) {
        busy().clock.advance(ms / 2);
        const come = meanwhile;
        meanwhile = undefined;
        await come?.();
        busy().clock.advance(ms / 2);
      },
    },
  });

  it.each([
    ['its record', false],
    ['a record that was merged into it', true],
  ])(
    '[L3] The younger execution wins although the write of the older one to %s ends after it came',
    async (_to, isMerged) => {
      busy.hire();
      const omar = busy.hire({ email: 'omar@example.com' }).id;
      const older = busy().hubspot.enroll();
      const younger = busy().hubspot.enroll({
        email: 'omar@example.com',
        ...(!isMerged && { objectId: older.objectId }),
      });
      if (isMerged) mergeRecords(busy().simulator.state, PORTAL, '0-1', older.objectId, younger.objectId);
      meanwhile = async () => {
        busy().restart();
        // The limit is over before the next try of the older one.
        await busy().spendBudget(100);
        await busy().deliver(younger);
      };
      const fault = {
        kind: 'status',
        status: 423,
        body: { status: 'error' },
        headers: { 'Retry-After': '3' },
      } as const;
      busy().simulator.faults.script({ route: 'PATCH object', fault });
      await busy().deliver(older);
      expect(older.outputs).toMatchObject({ outcome: 'ASSIGNED' });
      expect(younger.state).toBe('waiting');
      busy().clock.advance(60_000);
      await busy.processExecutions();
      expect(younger.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: omar });
      expect(busy.ownerOf(younger)).toBe(omar);
    },
  );
});

describe('A queued write that HubSpot refuses twice, with a wait of five seconds each', () => {
  let refused: number;
  let afterSecond: () => void;
  const slow = useFlood({
    world: {
      async fetch(url, options) {
        const result = await nodeFetch(url, options);
        if (result.status === 503) refused += 1;
        if (result.status === 503 && refused === 2) afterSecond();
        return result;
      },
    },
  });

  it.each([
    ['in a batch', 'POST objects batch update'],
    ['alone', 'PATCH object'],
  ] as const)(
    '[L2] A queued execution keeps an owner who was set after the second refusal of its write: %s',
    async (_how, route) => {
      refused = 0;
      slow.hire();
      const { id } = slow.hire({ email: 'bob@example.com' });
      const [execution] = (await slow.queued({})) as [Execution];
      const { simulator } = slow();
      afterSecond = () => changeRecord(simulator.state, PORTAL, '0-1', execution.objectId, { [OWNER]: id });
      // Nothing in the answer says that the record is written.
      const unconfirmed = { kind: 'json', body: { status: 'COMPLETE', results: [] } } as const;
      if (route === 'PATCH object') simulator.faults.script({ route: 'POST objects batch update', fault: unconfirmed });
      const busy = { kind: 'status', status: 503, headers: { 'Retry-After': '5' } } as const;
      simulator.faults.script({ route, times: 2, fault: busy });
      await slow.workAll();
      expect(refused).toBe(2);
      expect(slow.ownerOf(execution)).toBe(id);
      expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: id });
    },
  );
});

describe('Executions that HubSpot retries three hours later', () => {
  it.each(modes)(
    '[L1, L2] A retried execution keeps an owner who was set meanwhile: %s, %s',
    async (overwrite = '', ifNotAssignable = '') => {
      const inputFields = { overwrite, ifNotAssignable, fallbackOwner: jane };
      for (const email of ['jane@example.com', 'nobody@example.com']) {
        const execution = await enrollInAnOutage({ email, inputFields });
        setByHand(execution, bob);
        const { outputs } = await deliverLate(execution);
        expect(flood.ownerOf(execution)).toBe(bob);
        expect(outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
      }
    },
  );

  it.each(['ALWAYS', 'IF_OWNER_INACTIVE'])(
    '[L2] A retried execution keeps a record empty whose owner somebody removed meanwhile: %s',
    async (overwrite) => {
      const execution = await enrollInAnOutage({ inputFields: { overwrite }, properties: { [OWNER]: bob } });
      setByHand(execution, '');
      const { outputs } = await deliverLate(execution);
      expect(outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: '' });
      expect(flood.ownerOf(execution)).toBe('');
    },
  );

  it('[L2] A retried execution reads the history of a property other than the standard one', async () => {
    const [changed, unchanged] = [
      await enrollInAnOutage({ inputFields: { ownerProperty: 'csm_owner' } }),
      await enrollInAnOutage({ inputFields: { ownerProperty: 'csm_owner' } }),
    ];
    setByHand(changed, bob, 'csm_owner');
    // Another property says nothing of this one.
    setByHand(unchanged, bob);
    expect((await deliverLate(changed)).outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob });
    expect((await deliverLate(unchanged)).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane });
    expect([held(changed, 'csm_owner'), held(unchanged, 'csm_owner')]).toEqual([bob, jane]);
  });

  it('[L1] A retried execution replaces an owner who was there before it was sent', async () => {
    const execution = await enrollInAnOutage({ properties: { [OWNER]: bob } });
    const { outputs } = await deliverLate(execution);
    expect(outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane, previousOwnerId: bob });
    expect(flood.ownerOf(execution)).toBe(jane);
  });

  it('[L1] A retried execution ends as successful when somebody else set the same owner', async () => {
    const execution = await enrollInAnOutage();
    setByHand(execution, jane);
    const { outputs } = await deliverLate(execution);
    expect(outputs).toMatchObject({ outcome: 'ALREADY_ASSIGNED', ownerId: jane });
  });

  it('[L3] A retried execution gives way to a younger one that was done at once', async () => {
    const older = await enrollInAnOutage();
    flood().clock.advance(HOUR_MS);
    const younger = await flood.enroll({ email: 'bob@example.com', objectId: older.objectId });
    expect(younger.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: bob });
    const { outputs } = await deliverLate(older);
    expect(outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
    expect(flood.ownerOf(older)).toBe(bob);
  });

  it('[L3] A retried execution does not give way to an older one that was done later', async () => {
    const older = await enrollInAnOutage();
    const younger = await enrollInAnOutage({ email: 'bob@example.com', objectId: older.objectId });
    await deliverLate(older);
    expect(flood.ownerOf(older)).toBe(jane);
    expect((await deliverLate(younger)).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: bob });
    expect(flood.ownerOf(older)).toBe(bob);
  });
});

it.each(['IF_UNASSIGNED', 'IF_OWNER_INACTIVE'])(
  '[L1, L5] An execution that nobody can recognize when it comes again never trusts the properties it came with: %s',
  async (overwrite) => {
    const { hubspot, simulator } = flood();
    const execution = hubspot.enroll({ omitCallbackId: true, inputFields: { overwrite } });
    const { actionExecutionIndexIdentifier: _index, ...origin } = JSON.parse(execution.body).origin;
    const anonymous = { ...execution, body: JSON.stringify({ ...JSON.parse(execution.body), origin }) };
    simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
    await flood().deliver(anonymous);
    simulator.faults.clear();
    setByHand(anonymous, bob);
    const { outputs } = await deliverLate(anonymous);
    expect(outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob });
    expect(flood.ownerOf(anonymous)).toBe(bob);
  },
);

it('[L1] An execution with a callback ID of a form that we do not know is recognized when it comes again hours later', async () => {
  const { hubspot, simulator } = flood();
  const execution = hubspot.enroll();
  const { origin, ...payload } = JSON.parse(execution.body);
  const body = { ...payload, callbackId: 'cb/1', origin: { portalId: origin.portalId } };
  const odd = { ...execution, body: JSON.stringify(body) };
  simulator.faults.chaos({ seed: 1, shares: { status5xx: 1 } });
  await flood().deliver(odd);
  simulator.faults.clear();
  setByHand(odd, bob);
  const { outputs } = await deliverLate(odd);
  expect(outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
  expect(flood.ownerOf(odd)).toBe(bob);
});

it('[L7] An execution whose function was killed is done by the next delivery at the moment of its first one', async () => {
  const { hubspot, table, clock } = flood();
  const execution = hubspot.enroll();
  const key = { portalId: toPortalId(PORTAL), executionId: execution.callbackId };
  await createExecutionLedger(table, clock.now).begin(key, makeLedgerDelivery('killed'));
  setByHand(execution, bob);
  const { outputs } = await deliverLate(execution, 60_000);
  expect(outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
  expect(flood.ownerOf(execution)).toBe(bob);
});

it.each(OVERWRITE)(
  '[C8, L7] An execution whose function was killed while an earlier version ran it does not replace an owner who was set since: %s',
  async (overwrite) => {
    const { hubspot, table, clock } = flood();
    const execution = hubspot.enroll({ inputFields: { overwrite } });
    const key = { portalId: toPortalId(PORTAL), executionId: execution.callbackId };
    await createExecutionLedger(table, clock.now).begin(key, makeLedgerDelivery('killed'));
    const UpdateExpression = 'REMOVE firstSeenAtEpochMs, firstWriterId';
    const { tableName: TableName } = table;
    await table.client.send(new UpdateItemCommand({ TableName, Key: executionKey(key), UpdateExpression }));
    setByHand(execution, bob);
    const { outputs } = await deliverLate(execution);
    expect(outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
    expect(flood.ownerOf(execution)).toBe(bob);
  },
);

describe.each(['empty', 'noList', 'noMember'] as const)(
  'Where HubSpot gives a property without a value %s',
  (historyOfNone) => {
    const inputsOf = (ownerProperty: string) => ({ inputFields: { ownerProperty } });
    beforeEach(() => {
      Object.assign(flood().simulator.settings, { historyOfNone });
    });

    it.each([OWNER, 'csm_owner'])(
      '[L1, L2] A late execution sets the owner of a record that never had one, although the record changed meanwhile: %s',
      async (property) => {
        const [queued] = (await flood.queued(inputsOf(property))) as [Execution];
        changeRecord(flood().simulator.state, PORTAL, '0-1', queued.objectId, { email: 'lead@example.com' });
        await flood.processExecutions();
        const retried = await enrollInAnOutage(inputsOf(property));
        flood().clock.advance(60_000);
        changeRecord(flood().simulator.state, PORTAL, '0-1', retried.objectId, { email: 'lead@example.com' });
        await deliverLate(retried);
        for (const execution of [queued, retried]) {
          expect(execution.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane, previousOwnerId: '' });
          expect(held(execution, property)).toBe(jane);
        }
      },
    );

    it.each([OWNER, 'csm_owner'])(
      '[L1, L2] A late execution keeps a record empty whose owner somebody removed meanwhile: %s',
      async (property) => {
        const enrolled = { ...inputsOf(property), properties: { [property]: bob } };
        const [queued] = (await flood.queued(enrolled)) as [Execution];
        setByHand(queued, '', property);
        await flood.processExecutions();
        const retried = await enrollInAnOutage(enrolled);
        setByHand(retried, '', property);
        await deliverLate(retried);
        for (const execution of [queued, retried]) {
          expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: '' });
          expect(held(execution, property)).toBe('');
        }
      },
    );
  },
);

describe('Queued executions that are old', () => {
  it.each(modes)(
    '[L2] A queued execution keeps an owner who was set while it waited: %s, %s',
    async (overwrite = '', ifNotAssignable = '') => {
      const [execution] = await flood.queued({ inputFields: { overwrite, ifNotAssignable, fallbackOwner: jane } });
      setByHand(execution as Execution, bob);
      await flood.processExecutions();
      expect(execution?.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
      expect(flood.ownerOf(execution as Execution)).toBe(bob);
    },
  );

  it('[L4] A queued execution is not written when the record has that owner already', async () => {
    const executions = await flood.queued({ properties: { [OWNER]: jane } }, { properties: { [OWNER]: jane } });
    const calls = await flood.callsOf(flood.processExecutions);
    expect(calls.filter((route) => /update|PATCH/.test(route))).toEqual([]);
    expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual(['ALREADY_ASSIGNED', 'ALREADY_ASSIGNED']);
  });

  it('[L3] A queued execution gives way to a younger one that was done at once while it waited', async () => {
    const [older] = (await flood.queued({})) as [Execution];
    const younger = await flood.enroll({ email: 'bob@example.com', objectId: older.objectId });
    expect(younger).toMatchObject({ state: 'answered', outputs: { ownerId: bob } });
    await flood.processExecutions();
    expect(older.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', reason: 'CHANGED_SINCE', ownerId: bob });
    expect(flood.ownerOf(older)).toBe(bob);
  });

  it.each([
    ['the merged record, then the one that is left', [0, 1], 500],
    ['the one that is left, then the merged record', [1, 0], 500],
    ['the merged record, then the one that is left, each in a batch of its own', [0, 1], 1],
    ['the one that is left, then the merged record, each in a batch of its own', [1, 0], 1],
  ])(
    '[L3] The younger of two queued executions wins when they name %s',
    async (_which, [first = 0, second = 0], most) => {
      const { state } = flood().simulator;
      const ids = [addRecord(state, PORTAL, { typeId: '0-1' }).id, addRecord(state, PORTAL, { typeId: '0-1' }).id];
      mergeRecords(state, PORTAL, '0-1', ids[0] ?? '', ids[1] ?? '');
      const [older, younger] = (await flood.queued(
        { objectId: ids[first] ?? '' },
        { objectId: ids[second] ?? '', email: 'bob@example.com' },
      )) as [Execution, Execution];
      flood().clock.advance(HOLD_BACK_MS);
      for (let batch = 0; batch < 2; batch += 1) await flood().work({ most });
      await flood.processExecutions();
      expect(younger.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: bob });
      expect(flood.ownerOf(younger)).toBe(bob);
      expect(older.outputs).toMatchObject(
        most > 1 ? { outcome: 'KEPT_EXISTING', ownerId: bob } : { outcome: 'ASSIGNED' },
      );
    },
  );

  it.each([
    ['not at all', (left: string, _old: string) => [rowOf(left, left)]],
    ['as the one that is left, twice', (left: string, _old: string) => [rowOf(left, left), rowOf(left, left)]],
    ['by its old ID', (left: string, old: string) => [rowOf(left, left), rowOf(old, left)]],
  ])(
    '[L3] Of two queued executions, the younger sets the owner that the older removes, and says so, if HubSpot reads the merged record %s',
    async (_how, resultsFor) => {
      const { state, faults } = flood().simulator;
      const properties = { [OWNER]: bob };
      const ids = [1, 2].map(() => addRecord(state, PORTAL, { typeId: '0-1', properties }).id);
      const [left, old] = ids as [string, string];
      mergeRecords(state, PORTAL, '0-1', old, left);
      const [older, younger] = (await flood.queued(
        { objectId: old, email: '', inputFields: { ifNotAssignable: 'CLEAR' } },
        { objectId: left, inputFields: { overwrite: 'IF_UNASSIGNED' }, omitProperties: true },
      )) as [Execution, Execution];
      const body = { status: 'COMPLETE', results: resultsFor(left, old) };
      faults.script({ route: 'POST objects batch read', fault: { kind: 'json', body } });
      await flood.processExecutions();
      expect(flood.ownerOf(younger)).toBe(jane);
      expect(younger.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane });
      expect(older.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: jane });
    },
  );

  it.each([
    ['no record', OWNER, '', () => []],
    ['no record', 'csm_owner', '4711', () => []],
    ['the record without one', 'csm_owner', '4711', (id: string) => [{ id, properties: { csm_owner: '4711' } }]],
  ])(
    '[H19, L2] A queued execution reads its record alone if the answer with the histories has %s: %s',
    async (_what, ownerProperty, previousOwnerId, resultsFor) => {
      const properties = { [ownerProperty]: previousOwnerId };
      const [execution] = (await flood.queued({ inputFields: { ownerProperty }, properties })) as [Execution];
      const { simulator } = flood();
      changeRecord(simulator.state, PORTAL, '0-1', execution.objectId, { email: 'lead@example.com' });
      const body = { status: 'COMPLETE', results: resultsFor(execution.objectId) };
      simulator.faults.script({ route: 'POST objects batch read', nth: 2, fault: { kind: 'json', body } });
      await flood.processExecutions();
      expect(execution.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane, previousOwnerId });
      expect(held(execution, ownerProperty)).toBe(jane);
    },
  );

  it('[L2] The times of fifty and more owners of another property are read from histories of fifty', async () => {
    const ownerProperty = { inputFields: { ownerProperty: 'csm_owner' } };
    const executions = await flood.queued(...Array.from({ length: 60 }, () => ownerProperty));
    for (const execution of executions) setByHand(execution, bob, 'csm_owner');
    const calls = await flood.callsOf(flood.processExecutions);
    expect(calls.filter((route) => route === 'POST objects batch read')).toHaveLength(3);
    expect(executions.map(({ outputs }) => outputs?.outcome)).toEqual(Array(60).fill('KEPT_EXISTING'));
  });
});

/** A row of a batch, which HubSpot may give by the requested ID. */
function rowOf(id: string, recordId: string): object {
  const properties = { [OWNER]: bob, hs_object_id: recordId };
  return { id, properties, updatedAt: new Date(0).toISOString() };
}
