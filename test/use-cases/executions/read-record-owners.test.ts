import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { OwnerReading } from '../../../lib/domain/held-owner.ts';
import { recordKey } from '../../../lib/domain/held-owner.ts';
import type { ObjectId } from '../../../lib/domain/ids.ts';
import type { BatchRefused } from '../../../lib/ports/hubspot.ts';
import { createFindHeldOwners, createReadRecordOwners } from '../../../lib/use-cases/executions/read-record-owners.ts';
import { makeRecordRef, PORTAL_A } from '../../builders/ids.ts';
import { createFakeWorkLog } from '../../fakes/work-log.ts';
import { makeClock, START_EPOCH_MS as SEEN } from '../../support/clock.ts';

const [objectType, property] = [makeRecordRef().objectType, 'csm_owner'];
const id = (number: number) => String(number) as ObjectId;
const ids = (count: number) => Array.from({ length: count }, (_, index) => id(index + 1));
const asked = (all: readonly ObjectId[], seen = SEEN) => ({
  portalId: PORTAL_A,
  objectType,
  property,
  firstSeen: new Map(all.map((one) => [one, seen])),
});
const reading = (value: string, changedAtEpochMs?: number, updatedAtEpochMs?: number): OwnerReading => ({
  value,
  changedAtEpochMs,
  updatedAtEpochMs,
});

describe('Reading the owners of records', () => {
  type Answer = ReadonlyMap<ObjectId, OwnerReading> | BatchRefused;

  function setUp(answer: (all: readonly ObjectId[], withHistory: boolean) => Answer) {
    const workLog = createFakeWorkLog(makeClock().now);
    const calls: [number, boolean][] = [];
    const read = createReadRecordOwners(
      {
        async readOwners(_ref, all, _deadline, { withHistory = false } = {}) {
          calls.push([all.length, withHistory]);
          const given = answer(all, withHistory);
          return 'kind' in given ? given : { kind: 'answered', owners: given };
        },
      },
      createFindHeldOwners(workLog),
    );
    return { read: (all: readonly ObjectId[]) => read(asked(all), toDeadline(SEEN + 8_000)), calls, workLog };
  }
  const each = (all: readonly ObjectId[], one: OwnerReading) => new Map(all.map((key) => [key, one]));

  it('The owners of records are read with one call when HubSpot says when they were set', async () => {
    const { read, calls } = setUp((all) => each(all, reading('4', SEEN - 1)));
    expect(await read(ids(100))).toEqual({
      kind: 'answered',
      owners: new Map(ids(100).map((key) => [key, { value: '4', setAtEpochMs: SEEN - 1 }])),
    });
    expect(calls).toEqual([[100, false]]);
  });

  it.each([
    [0, [[1, false]]],
    [
      1,
      [
        [1, false],
        [1, true],
      ],
    ],
  ])(
    'The history of a record that changed %i ms after the execution was first seen is read only when it may help',
    async (ms, expected) => {
      const { read, calls } = setUp((all, withHistory) =>
        each(all, withHistory ? reading('4', SEEN - 9) : reading('4', undefined, SEEN + ms)),
      );
      await read([id(1)]);
      expect(calls).toEqual(expected);
    },
  );

  it('Histories are read fifty to a call and decide when an owner was set', async () => {
    const { read, calls } = setUp((all, withHistory) =>
      each(all, withHistory ? reading('7', SEEN - 9) : reading('4', undefined, SEEN + 1)),
    );
    const answer = await read(ids(51));
    expect(calls).toEqual([
      [51, false],
      [50, true],
      [1, true],
    ]);
    expect(answer).toMatchObject({ kind: 'answered' });
    expect(answer.kind === 'answered' && [...answer.owners.values()].every(({ value }) => value === '7')).toBe(true);
  });

  it.each([
    ['that somebody set it back', SEEN + 1_000, SEEN + 9_000],
    ['that it is still ours', Number.NEGATIVE_INFINITY, SEEN - 7],
  ])(
    '[L2] The history of an owner that we wrote seconds after the note says %s',
    async (_what, sameBeforeEpochMs, setAtEpochMs) => {
      const { read, calls, workLog } = setUp((all, withHistory) =>
        each(all, { ...reading('4', SEEN + 9_000), ...(withHistory && { sameBeforeEpochMs }) }),
      );
      const key = recordKey({ objectType, objectId: id(1) }, property);
      await workLog.noteWrites(PORTAL_A, [{ key, value: '4', firstSeenAtEpochMs: SEEN - 7 }]);
      expect(await read([id(1)])).toEqual({
        kind: 'answered',
        owners: new Map([[id(1), { value: '4', setAtEpochMs }]]),
      });
      expect(calls).toEqual([
        [1, false],
        [1, true],
      ]);
    },
  );

  it('A record that HubSpot does not have is left out', async () => {
    const { read } = setUp((all) => each(all.slice(1), reading('4', SEEN - 1)));
    const answer = await read(ids(2));
    expect(answer.kind === 'answered' && [...answer.owners.keys()]).toEqual([id(2)]);
  });

  it('A record that was not asked for is left out, and costs no history: another one was merged into it', async () => {
    const survivor = id(99);
    const { read, calls } = setUp((all, withHistory) =>
      withHistory
        ? each([...all, survivor], reading('4', SEEN - 9))
        : new Map([
            [id(1), reading('4', undefined, SEEN + 1)],
            [survivor, reading('5', undefined, SEEN + 1)],
          ]),
    );
    const answer = await read(ids(2));
    expect(answer).toEqual({ kind: 'answered', owners: new Map([[id(1), { value: '4', setAtEpochMs: SEEN - 9 }]]) });
    expect(calls).toEqual([
      [2, false],
      [1, true],
    ]);
  });

  it.each([false, true])(
    'Reading owners is refused as a whole when HubSpot refuses it, with histories: %s',
    async (refusesHistory) => {
      const refused = { kind: 'refused', shared: { kind: 'refused', code: 'PROPERTY_NOT_FOUND' } } as const;
      const { read } = setUp((all, withHistory) =>
        withHistory === refusesHistory ? refused : each(all, reading('4', undefined, SEEN + 1)),
      );
      expect(await read([id(1)])).toBe(refused);
    },
  );
});

describe('The moment of an owner', () => {
  const key = recordKey({ objectType, objectId: id(1) }, property);

  function setUp() {
    const clock = makeClock();
    const workLog = createFakeWorkLog(clock.now);
    const findWrites = jest.spyOn(workLog, 'findWrites');
    const standing = createFindHeldOwners(workLog);
    const find = async (one: OwnerReading) => (await standing(asked([id(1)]), new Map([[id(1), one]]))).get(id(1));
    return { clock, workLog, findWrites, standing, find };
  }

  it.each([
    [reading('4', SEEN - 1), SEEN - 1],
    [reading('4', SEEN, SEEN + 9), SEEN],
    [reading('4', Number.NEGATIVE_INFINITY), Number.NEGATIVE_INFINITY],
    [reading('4', undefined, SEEN), SEEN],
  ])(
    'The moment of an owner that is not newer comes from HubSpot, without a read of the work log: %j',
    async (one, setAtEpochMs) => {
      const { find, findWrites } = setUp();
      expect(await find(one)).toEqual({ value: '4', setAtEpochMs });
      expect(findWrites).not.toHaveBeenCalled();
    },
  );

  it.each([
    [reading('4', SEEN + 1), SEEN + 1],
    [reading('4', undefined, SEEN + 5), SEEN + 5],
    [reading('4'), Number.POSITIVE_INFINITY],
  ])(
    'The moment of an owner that we did not write is its own, and newer when nothing says when: %j',
    async (one, setAtEpochMs) => {
      const { find } = setUp();
      expect(await find(one)).toEqual({ value: '4', setAtEpochMs });
    },
  );

  it('The moment of an owner that one of our executions wrote is that of the execution, however late it was', async () => {
    const { find, workLog, clock } = setUp();
    clock.advance(3_600_000);
    await workLog.noteWrites(PORTAL_A, [{ key, value: '4', firstSeenAtEpochMs: SEEN - 7 }]);
    expect(await find(reading('4', clock.now() + 1))).toEqual({ value: '4', setAtEpochMs: SEEN - 7 });
    expect(await find(reading('5', clock.now() + 1))).toEqual({ value: '5', setAtEpochMs: clock.now() + 1 });
  });

  it('[L3] The moment of an owner is that of the execution that began to write before a younger one came', async () => {
    const { find, workLog, clock } = setUp();
    const began = clock.now() - 40_000;
    await workLog.noteWrites(PORTAL_A, [{ key, value: '4', firstSeenAtEpochMs: SEEN - 50_000 }], began);
    const read = { ...reading('4', SEEN + 1_000), sameBeforeEpochMs: Number.NEGATIVE_INFINITY };
    expect(await find(read)).toEqual({ value: '4', setAtEpochMs: SEEN - 50_000 });
  });

  it('The work log is searched from before the earliest owner who is newer, by as long as a write may take', async () => {
    const { standing, findWrites } = setUp();
    const firstSeen = new Map([
      [id(1), SEEN + 50],
      [id(2), SEEN + 40],
      [id(3), SEEN],
    ]);
    const readings = new Map([
      [id(1), reading('4', SEEN + 7_200_099)],
      [id(2), reading('4', SEEN + 7_200_090)],
      [id(3), reading('4', SEEN)],
    ]);
    await standing({ ...asked([]), firstSeen }, readings);
    // Nothing says when this one was set: none of our writes can be compared with it.
    await standing({ ...asked([]), firstSeen }, new Map([[id(1), reading('4')]]));
    expect(findWrites.mock.calls).toEqual([[PORTAL_A, SEEN + 7_200_090 - 65_000]]);
  });
});
