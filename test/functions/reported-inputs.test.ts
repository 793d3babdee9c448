import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecord, changeRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { enrol } from '../support/enrolment.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { DAY_MS, INPUTS, OWNER, seedJaneAndOmar, TIMED_INPUTS, type TimedStage } from '../support/reported-inputs.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { useFlood } from '../support/use-flood.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const state = () => service().simulator.state;

beforeEach(() => seedJaneAndOmar(state(), PORTAL));

/** In a container that remembers nothing. */
const ask: TimedStage['ask'] = async (email, inputs = {}, properties = {}) => {
  const { id: objectId } = addRecord(state(), PORTAL, { typeId: '0-1', properties });
  const inputFields = { ownerEmail: email, ...inputs };
  const { status, outputs } = await enrol(await service().restart(), { objectId, inputFields });
  return {
    status,
    held: readRecordProperty(state(), PORTAL, '0-1', objectId, inputs.ownerProperty ?? OWNER),
    ...outputs,
  };
};

const stage = (): TimedStage => ({
  state: state(),
  portalId: PORTAL,
  faults: service().simulator.faults,
  ask,
  async refresh() {
    service().clock.advance(DAY_MS);
    return refreshPortal(service());
  },
  setSuccessor: (leaver, successor) => invokeSetSuccessor(service(), { portalId: String(PORTAL), leaver, successor }),
  later: (ms) => service().clock.advance(ms),
});

it.each([...INPUTS, ...TIMED_INPUTS])('[$row] $input', async ({ right, act }) => {
  expect(await act(stage())).toEqual(Array.isArray(right) ? right : expect.objectContaining(right as object));
});

it('[M9] the token is of another account', async () => {
  for (const portal of [PORTAL, OTHER_PORTAL]) revokeToken(state(), portal, tokenOf(portal));
  addToken(state(), OTHER_PORTAL, tokenOf(PORTAL));
  expect(await ask('jane@example.com')).toMatchObject({ status: 503, held: '' });
});

describe('in floods and outages', () => {
  const flood = useFlood();
  const count = (name: string) => flood().telemetry.counted.filter((metric) => metric.name === name).length;

  it('[L1] a person sets the owner between a delivery that failed and the same one three hours later', async () => {
    flood.hire();
    const other = flood.hire({ email: 'omar@example.com' });
    flood().simulator.faults.script({ route: 'PATCH object', times: 3, fault: { kind: 'status', status: 503 } });
    const execution = await flood.enrol({ inputFields: { overwrite: 'IF_UNASSIGNED' } });
    expect(execution.answer?.statusCode).toBe(503);
    flood().clock.advance(3_600_000);
    changeRecord(flood().simulator.state, PORTAL, '0-1', execution.objectId, { [OWNER]: other.id });
    flood().clock.advance(2 * 3_600_000);
    await flood().deliver(execution);
    expect(execution.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: other.id });
    expect(flood.ownerOf(execution)).toBe(other.id);
  });

  it('[L3] the older of two executions is put back after a 503, and the younger is done at once', async () => {
    flood.hire();
    const joe = flood.hire({ email: 'joe@example.com' });
    const [older] = await flood.queued({});
    const fault = { kind: 'status', status: 503 } as const;
    flood().simulator.faults.script({ route: 'POST objects batch update', times: 3, fault });
    await flood().work();
    const younger = await flood.enrol({ email: 'joe@example.com', objectId: older?.objectId ?? '' });
    expect(younger.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: joe.id });
    flood().clock.advance(600_000);
    await flood.workOff();
    expect(older?.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: joe.id });
    expect(flood.ownerOf(younger)).toBe(joe.id);
  });

  it.each(['207', '200error'] as const)(
    '[W1] half of the callbacks are unknown, and HubSpot answers %s: the others are completed',
    async (completionReply) => {
      flood.hire();
      const executions = await flood.queued(...Array.from({ length: 6 }, () => ({})));
      Object.assign(flood().simulator.settings, { completionReply, completionPolicy: 'each' });
      const left = executions.slice(0, 3).map(({ callbackId }) => callbackId);
      flood().simulator.state.blocked.unenroll(left);
      await flood.workOff();
      expect(executions.map(({ state: each }) => each)).toEqual([
        ...Array(3).fill('unenrolled'),
        ...Array(3).fill('completed'),
      ]);
    },
  );

  it('[W2] a completion is refused for something else: an alarm is raised, and it is tried again', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const body = { status: 'error', category: 'VALIDATION_ERROR', message: 'Invalid input JSON' };
    flood().simulator.faults.script({ route: 'POST callback', fault: { kind: 'status', status: 400, body } });
    await flood.workOff();
    expect([execution?.state, count('HubSpotContractBroken')]).toEqual(['waiting', 1]);
    flood().clock.advance(60_000);
    await flood.workOff();
    expect(execution?.state).toBe('completed');
  });

  it('[L6] the reply to a sending is lost, so that a callback is in two messages, and the workers die until both are dead', async () => {
    flood.hire();
    const [execution] = await flood.queued({});
    const { queue, clock } = flood();
    queue.put(queue.sent[0]?.body ?? '', String(PORTAL));
    clock.advance(46 * 3_600_000);
    const records = queue.live.receive(10);
    expect(records).toHaveLength(2);
    expect(await flood().invokeDead(records)).toEqual({ batchItemFailures: [] });
    expect(execution).toMatchObject({ state: 'completed', outputs: { errorCode: 'EXPIRED_IN_QUEUE' } });
    expect(count('ExecutionsStranded')).toBe(1);
  });
});
