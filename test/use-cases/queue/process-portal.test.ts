import { RateLimitedError, StoreUnavailableError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { EXPIRY_MARGIN_MS } from '../../../lib/domain/execution.ts';
import { COMPLETION_REFUSED } from '../../../lib/domain/requeue.ts';
import { ASSIGNED, callbackOf, makeNumbered, makeNumberedAll, numbersOf } from '../../builders/numbered-executions.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';
import { makePortalTurn, TURN_BUDGET_MS } from '../../support/portal-turn.ts';

const PORTAL_MS = 6_000;
const property = (ownerProperty: string) => ({ command: { ownerProperty } });
/** Three groups of one record each. */
const THREE_GROUPS = ['a_owner', 'b_owner', 'c_owner'].map((name, index) => makeNumbered(index + 1, property(name)));
const LIMIT = new RateLimitedError(3_000);

let turn: ReturnType<typeof makePortalTurn>;
beforeEach(() => {
  turn = makePortalTurn();
});

it('The executions of an account are set, then recorded, then completed, so that a later delivery gets the same result', async () => {
  expect(await turn.process(makeNumberedAll(2))).toEqual([]);
  expect(turn.allSteps).toEqual([
    'connect',
    'prefetch jane@example.com',
    'update 1 2',
    'record 1 2',
    'unresolved? 9100000001',
    'unresolved? 9100000002',
    'complete 1 2',
  ]);
});

it('The age of the oldest execution of an account is measured, and no copy of an execution is processed twice', async () => {
  turn.clock.advance(5_000);
  const [one, other] = [makeNumbered(1), makeNumbered(2, { queuedAtEpochMs: START_EPOCH_MS + 4_000 })];
  await turn.process([other, one, one]);
  expect(turn.telemetry.counts).toEqual(['QueuedExecutionAgeMs =5000']);
  expect(turn.steps()).toContain('update 1 2');
});

it('Every email of a group is prefetched once, and invalid emails are not requested', async () => {
  const emails = ['bob@example.com', ' BOB@example.com', '', 'nonsense', 'jane@example.com'];
  await turn.process(emails.map((ownerEmail, index) => makeNumbered(index, { command: { ownerEmail } })));
  expect(turn.steps()).toContain('prefetch bob@example.com jane@example.com');
});

it.each([
  [49, false],
  [50, true],
])('An account with %i executions at once has a backlog noted before any owner is set: %s', async (count, isNoted) => {
  await turn.process(makeNumberedAll(count));
  expect(turn.steps().slice(0, 2).includes('note the backlog')).toBe(isNoted);
});

it('Executions that were requeued with a result are completed together, before any owner of the account is set', async () => {
  const [first, second, third] = THREE_GROUPS.map((execution) => ({ ...execution, completion: 'pending' as const }));
  const { completion: _, ...fresh } = first ?? makeNumbered(1);
  for (const number of [2, 3]) turn.standing.set(callbackOf(number), { result: ASSIGNED });
  await turn.process([fresh, second, third].flatMap((execution) => execution ?? []));
  expect(turn.steps()).toEqual([
    'connect',
    'complete 2 3',
    'prefetch jane@example.com',
    'update 1',
    'record 1',
    'complete 1',
  ]);
});

describe('An execution that is completed alone, because HubSpot refused a call that contained it', () => {
  const suspect = { completion: 'unconfirmed', refusals: 1 } as const;

  it.each([
    ['unconfirmed', 'complete urgently'],
    ['pending', 'complete'],
  ] as const)(
    'Ten are completed first and the rest last, so that no hundred records wait for their calls: %s',
    async (completion, step) => {
      const suspects = makeNumberedAll(12, { ...suspect, completion });
      for (const number of numbersOf(suspects)) turn.standing.set(callbackOf(number), { result: ASSIGNED });
      await turn.process([...suspects, makeNumbered(13)]);
      expect(turn.steps()).toEqual([
        'connect',
        `${step} 1 2 3 4 5 6 7 8 9 10`,
        'prefetch jane@example.com',
        'update 13',
        'record 13',
        'complete 13',
        `${step} 11 12`,
      ]);
    },
  );

  it('Ten of them are completed although other records take the whole time of the account', async () => {
    const suspects = makeNumberedAll(12, suspect);
    for (const number of numbersOf(suspects)) turn.standing.set(callbackOf(number), { result: ASSIGNED });
    turn.will.record = async () => turn.clock.advance(PORTAL_MS);
    await turn.process([makeNumbered(13), ...suspects]);
    expect(turn.steps()).toContain('complete urgently 1 2 3 4 5 6 7 8 9 10');
    expect(turn.back()).toEqual([[[11, 12], undefined]]);
  });

  it('It has no time beyond that of the account', async () => {
    turn.standing.set(callbackOf(1), { result: ASSIGNED });
    await turn.process([makeNumbered(1, suspect)]);
    expect(turn.limits.map(({ stopAt }) => stopAt)).toEqual([START_EPOCH_MS + PORTAL_MS]);
  });

  it('It alone comes again if its result cannot be read, and the others of its account are done', async () => {
    const away = new StoreUnavailableError('away');
    turn.will.find = async (ids) => {
      if (ids.includes(callbackOf(1))) throw away;
    };
    await turn.process([makeNumbered(1, suspect), makeNumbered(2)]);
    expect(turn.steps()).toContain('complete 2');
    expect(turn.back()).toEqual([[[1], away]]);
  });

  it('It is completed first in its last half hour', async () => {
    turn.standing.set(callbackOf(1), { result: ASSIGNED });
    const expiresAtEpochMs = START_EPOCH_MS + EXPIRY_MARGIN_MS;
    await turn.process([makeNumbered(1, { ...suspect, expiresAtEpochMs }), makeNumbered(2)]);
    expect(turn.steps().slice(0, 2)).toEqual(['connect', 'complete urgently 1']);
  });

  it('It is set like any other if its result is gone', async () => {
    await turn.process([makeNumbered(1, suspect)]);
    expect(turn.steps()).toContain('update 1');
  });
});

it('What another worker may be doing is looked up only when its group is processed', async () => {
  const finds: number[][] = [];
  turn.will.find = async (ids) => void finds.push(ids.map((id) => Number(id.split('-').at(-2))));
  await turn.process(THREE_GROUPS);
  expect(finds).toEqual([[1], [2], [3]]);
});

it('An execution that was requeued with a result that is gone is set like any other', async () => {
  await turn.process([makeNumbered(1, { completion: 'pending' })]);
  expect(turn.steps()).toContain('update 1');
});

it.each([
  ['HubSpot certainly still waits', 'pending', 'complete 1'],
  ['it may be completed already', 'unconfirmed', 'complete urgently 1'],
  ['another delivery may have completed it', undefined, 'complete urgently 1'],
] as const)(
  'A recorded execution is completed with the care that its state requires: %s',
  async (_what, completion, step) => {
    turn.standing.set(callbackOf(1), { result: ASSIGNED });
    await turn.process([makeNumbered(1, completion && { completion })]);
    expect(turn.steps()).toEqual(['connect', step]);
  },
);

it('A recorded execution whose time is short is completed urgently, although it certainly waits', async () => {
  turn.standing.set(callbackOf(1), { result: ASSIGNED });
  await turn.process([makeNumbered(1, { completion: 'pending', expiresAtEpochMs: START_EPOCH_MS + EXPIRY_MARGIN_MS })]);
  expect(turn.steps()).toEqual(['connect', 'complete urgently 1']);
});

it.each([
  [EXPIRY_MARGIN_MS + 1, ['connect', 'prefetch jane@example.com', 'update 1', 'record 1', 'complete 1'], []],
  [EXPIRY_MARGIN_MS, ['connect', 'resolve 1', 'record 1', 'complete urgently 1'], []],
  [1, ['connect', 'resolve 1', 'record 1', 'complete urgently 1'], []],
  [0, ['connect', 'resolve 1', 'record 1'], ['ExecutionsLate ×1']],
])(
  'An execution with %i ms until HubSpot stops waiting is set only before its last half hour',
  async (ms, steps, late) => {
    await turn.process([makeNumbered(1, { expiresAtEpochMs: START_EPOCH_MS + ms })]);
    expect(turn.steps()).toEqual(steps);
    expect(turn.telemetry.counts.filter((count) => count.startsWith('ExecutionsLate'))).toEqual(late);
  },
);

it('An expiring execution whose record cannot be read is requeued because of the outage, and the others are ended', async () => {
  const [open, finished] = makeNumberedAll(2, { expiresAtEpochMs: START_EPOCH_MS + 1_000 });
  turn.will.resolve = async () => ({
    finished: [finished].flatMap((execution) => (execution ? [{ execution, result: ASSIGNED }] : [])),
    open: [open].flatMap((execution) => execution ?? []),
  });
  await turn.process([open, finished].flatMap((execution) => execution ?? []));
  expect(turn.back()).toEqual([[[1], expect.objectContaining({ fault: 'not_read' })]]);
  expect(turn.steps()).toContain('record 2');
  expect(turn.faults).toHaveLength(1);
});

it('An execution whose time ends while HubSpot is away is counted as late, and does not come again', async () => {
  const away = new UpstreamUnavailableError('http_502');
  const [late, waiting] = [
    makeNumbered(1, { expiresAtEpochMs: START_EPOCH_MS + EXPIRY_MARGIN_MS + 1 }),
    makeNumbered(2),
  ];
  turn.will.update = async () => {
    turn.clock.advance(EXPIRY_MARGIN_MS + 1);
    return { results: new Map(), stoppedBy: away };
  };
  await turn.process([late, waiting]);
  expect(turn.back()).toEqual([[[2], away]]);
  expect(turn.telemetry.counts).toContain('ExecutionsLate ×1');
  expect(turn.telemetry.lines).toEqual(['error executions waited too long in the queue']);
});

it('An account without permits requeues its other groups without calling HubSpot, for the same reason', async () => {
  turn.will.update = async () => ({ results: new Map(), stoppedBy: LIMIT });
  expect(numbersOf((await turn.process(THREE_GROUPS)).map(({ execution }) => execution))).toEqual([1, 2, 3]);
  expect(turn.steps().filter((step) => step.startsWith('update'))).toEqual(['update 1']);
  expect(turn.back()).toEqual([
    [[1], LIMIT],
    [[2], LIMIT],
    [[3], LIMIT],
  ]);
  // The refused group is logged, and not each group that was skipped.
  expect(turn.faults).toEqual([LIMIT]);
});

it('A group that an outage of HubSpot stopped does not stop any other group from being tried', async () => {
  const away = new UpstreamUnavailableError('http_502');
  turn.will.update = async (executions) =>
    numbersOf(executions)[0] === 1
      ? { results: new Map(), stoppedBy: away }
      : { results: new Map(executions.map((execution) => [execution, ASSIGNED])), stoppedBy: undefined };
  await turn.process(THREE_GROUPS);
  expect(turn.back()).toEqual([[[1], away]]);
  expect(turn.steps().filter((step) => step.startsWith('complete'))).toEqual(['complete 2', 'complete 3']);
});

it('A group that was partly set requeues the others and completes what was done', async () => {
  turn.will.update = async ([first]) => ({ results: new Map(first ? [[first, ASSIGNED]] : []), stoppedBy: LIMIT });
  await turn.process(makeNumberedAll(3));
  expect(turn.back()).toEqual([[[2, 3], LIMIT]]);
  expect(turn.steps().slice(-2)).toEqual(['record 1', 'complete 1']);
});

it.each([
  [PORTAL_MS - 1, 2],
  [PORTAL_MS, 1],
])(
  'An account whose first group took %i ms has %i of two groups done, and requeues the rest without a reason',
  async (ms, done) => {
    turn.will.update = async (executions) => {
      if (numbersOf(executions)[0] === 1) turn.clock.advance(ms);
      return { results: new Map(executions.map((execution) => [execution, ASSIGNED])), stoppedBy: undefined };
    };
    await turn.process(THREE_GROUPS.slice(0, 2));
    expect(turn.steps().filter((step) => step.startsWith('update'))).toHaveLength(done);
    expect(turn.back()).toEqual(done === 2 ? [] : [[[2], undefined]]);
  },
);

it('Executions that were set are completed after the time of the account is over, for at most six more seconds', async () => {
  turn.will.update = async (executions) => {
    turn.clock.advance(9_000);
    return { results: new Map(executions.map((execution) => [execution, ASSIGNED])), stoppedBy: undefined };
  };
  await turn.process([makeNumbered(1)]);
  const deadline = START_EPOCH_MS + TURN_BUDGET_MS;
  expect(turn.limits).toEqual([{ stopAt: START_EPOCH_MS + 15_000, deadline, isUrgent: false }]);
  turn.will.update = async (executions) => {
    turn.clock.advance(16_000);
    return { results: new Map(executions.map((execution) => [execution, ASSIGNED])), stoppedBy: undefined };
  };
  await turn.process([makeNumbered(2)]);
  expect(turn.limits.at(-1)?.stopAt).toBe(turn.limits.at(-1)?.deadline);
});

it('An execution that another worker did meanwhile is not set again, and its result is completed', async () => {
  turn.will.update = async (executions) => {
    turn.standing.set(callbackOf(2), { result: ASSIGNED });
    return { results: new Map(executions.map((execution) => [execution, ASSIGNED])), stoppedBy: undefined };
  };
  await turn.process(THREE_GROUPS.slice(0, 2));
  expect(turn.steps().slice(-2)).toEqual(['complete 1', 'complete urgently 2']);
  expect(turn.steps()).not.toContain('update 2');
});

it('Executions that are not completed are requeued for the reasons of their completions', async () => {
  turn.will.complete = async (finished) => [
    { executions: finished.slice(0, 1).map(({ execution }) => execution), cause: COMPLETION_REFUSED },
    { executions: finished.slice(1).map(({ execution }) => execution), cause: LIMIT },
  ];
  await turn.process(makeNumberedAll(3));
  expect(turn.back()).toEqual([
    [[1], COMPLETION_REFUSED],
    [[2, 3], LIMIT],
  ]);
  expect(turn.faults).toEqual([LIMIT]);
});

it('A portal’s turn counts what its executions came to once, and not those that were recorded before', async () => {
  turn.standing.set(callbackOf(3), { result: ASSIGNED });
  await turn.process(makeNumberedAll(3));
  expect(turn.counted).toEqual(['ASSIGNED', 'ASSIGNED', 'written']);
});
