import fc from 'fast-check';
import { readRecordProperty } from '../../local/simulator/seed-records.ts';
import { judgeAnswer } from '../support/check-answer.ts';
import { tellFigures } from '../support/figures.ts';
import { createPortalPeople, emailOf, PEOPLE } from '../support/portal-people.ts';
import { type OneOfTwo, TWO_PORTALS } from '../support/portal-watch.ts';
import type { Answer } from '../support/service.ts';
import { startTwoPortals, type TwoPortals } from '../support/two-portals.ts';

/** Thousands of executions over a real engine: on a busy machine they take longer than a test otherwise may. */
const PATIENCE_MS = 300_000;
const HISTORIES = 10;
const STEPS = 485;
const EXECUTIONS = 5_000;

const SECOND_MS = 1_000;
/** What HubSpot asks for when a limit is spent, and the jitter. */
const LONGEST_PAUSE_MS = 11 * SECOND_MS;
/** Permits at once under the lowest limit. */
const BURST = 7;
const DELIVERIES = 6;

const portal = fc.constantFrom(...TWO_PORTALS);
const person = fc.constantFrom(...PEOPLE);
const execution = fc.record({
  portal,
  person,
  container: fc.nat(2),
  action: fc.constantFrom('set' as const, 'set' as const, 'set' as const, 'find' as const),
  overwrite: fc.constantFrom('ALWAYS', 'ALWAYS', 'IF_UNASSIGNED', 'IF_OWNER_INACTIVE'),
  current: fc.option(person, { nil: undefined }),
  fallback: fc.option(person, { nil: undefined, freq: 2 }),
  isDeliveredTwice: fc.constantFrom(true, false, false, false, false, false),
});
const change = fc.constantFrom('leave' as const, 'comeBack' as const, 'replace' as const);
const waitMs = fc.constantFrom(31_000, 61_000, 31 * 60_000, 94_000_000);
const step = fc.oneof(
  { weight: 60, arbitrary: fc.record({ kind: fc.constant('execute' as const), execution }) },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('together' as const),
      all: fc.array(execution, { minLength: 2, maxLength: 4 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('change' as const), change, portal, person }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: waitMs }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('newContainer' as const), container: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('install' as const), portal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('uninstall' as const), portal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('spendLimit' as const), portal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sync' as const), portal }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Execution = typeof execution extends fc.Arbitrary<infer T> ? T : never;

/** Each of a portal's troubles, by when it is over: the other portal has none of it. */
type Troubles = { notConnectedUntilEpochMs: number; limitedUntilEpochMs: number };

it(
  `[X1, X13] Two accounts that take turns in three containers see nothing of each other, in ${EXECUTIONS} executions`,
  async () => {
    const histories = fc.sample(fc.array(step, { minLength: STEPS, maxLength: STEPS }), HISTORIES);
    const outcomes = new Map<string, number>();
    let executions = 0;
    let looks = 0;
    for (const [index, steps] of histories.entries()) {
      const two = await startTwoPortals({ rotateRefreshTokens: index % 2 === 0 });
      const history = startHistory(two);
      await history.run(steps).finally(() => two.service.close());
      expect(two.watch.violations).toEqual([]);
      expect(await two.findBadRows()).toEqual([]);
      expect(two.service.simulator.violations).toEqual([]);
      executions += history.outcomes.length;
      looks += two.watch.looks();
      for (const outcome of history.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(executions).toBeGreaterThanOrEqual(EXECUTIONS);
    expect(looks).toBeGreaterThan(4 * EXECUTIONS);
    const every = ['ASSIGNED', 'ALREADY_ASSIGNED', 'KEPT_EXISTING', 'FALLBACK_ASSIGNED', 'FOUND'];
    const refusals = ['OWNER_DEACTIVATED', 'PORTAL_NOT_CONNECTED', 'FALLBACK_OWNER_INVALID'];
    expect([...outcomes.keys()].sort()).toEqual([...every, ...refusals].sort());
    tellFigures('two portals in turns', { executions, looks, ...Object.fromEntries(outcomes) });
  },
  PATIENCE_MS,
);

function startHistory(two: TwoPortals) {
  const { service, watch, containers } = two;
  const { clock, simulator } = service;
  const people = createPortalPeople(simulator.state, clock.now);
  const troubles = new Map<OneOfTwo, Troubles>(
    TWO_PORTALS.map((each) => [each, { notConnectedUntilEpochMs: 0, limitedUntilEpochMs: 0 }]),
  );
  const counters = new Map<OneOfTwo, number>();
  const outcomes: string[] = [];
  const troublesOf = (portalId: OneOfTwo) => troubles.get(portalId) ?? fail();

  /** Sends executions at once, and then, one after the other, again what was not answered. */
  async function execute(all: readonly Execution[]): Promise<void> {
    const enrolled = all.map(enroll);
    const sent = await Promise.all(enrolled.map((each) => each.deliver(each.asked.container)));
    for (const [index, each] of enrolled.entries()) await finish(each, sent[index] ?? fail());
    clock.advance(200);
  }

  function enroll(asked: Execution) {
    const { portal: portalId, fallback, action, overwrite } = asked;
    const before = asked.current === undefined ? '' : people.ownerIdOf(portalId, asked.current);
    const objectId = people.addContact(portalId, before);
    // The two portals count alike, so that their executions have the same ids.
    const nth = (counters.get(portalId) ?? 0) + 1;
    counters.set(portalId, nth);
    const inputFields = {
      ownerEmail: emailOf(asked.person),
      ...(action === 'set' && { overwrite }),
      ...(action === 'set' &&
        fallback !== undefined && { ifNotAssignable: 'FALLBACK', fallbackOwner: people.ownerIdOf(portalId, fallback) }),
    };
    const execution = { portalId, objectId, action, inputFields, callbackId: `callback-${nth}` };
    const deliver = (container: number) =>
      watch.during(portalId, () => (containers[container] ?? fail()).execute(execution));
    return { asked, before, objectId, deliver, startedAtEpochMs: clock.now(), mayFail: isInTrouble(portalId) };
  }

  async function finish(enrolled: ReturnType<typeof enroll>, first: Answer): Promise<void> {
    const { asked, objectId, deliver } = enrolled;
    const { portal: portalId, action, container } = asked;
    const answer = await answerOf(enrolled, first);
    const written = readRecordProperty(simulator.state, portalId, '0-1', objectId, 'hubspot_owner_id');
    watch.inspect(portalId, 'an answer', JSON.stringify(answer));
    judgeAnswer({ ...enrolled, answer, written }, people, troublesOf(portalId).notConnectedUntilEpochMs);
    const { outcome = '', errorCode = '' } = answer.outputs;
    outcomes.push(outcome === 'FAILED' ? errorCode : outcome);
    // Only what a step changed is remembered; names come from the cache, which has learned since.
    if (!asked.isDeliveredTwice || action === 'find') return;
    const again = await deliver((container + 1) % 3);
    watch.inspect(portalId, 'a repeated answer', JSON.stringify(again));
    expect(rememberedOf(again)).toEqual(rememberedOf(answer));
  }

  /** As HubSpot does: what was not answered is sent again, later. Only a portal in trouble of its own may need it. */
  async function answerOf(enrolled: ReturnType<typeof enroll>, first: Answer): Promise<Answer> {
    const { asked, deliver, mayFail, startedAtEpochMs } = enrolled;
    let answer = first;
    let sentAtEpochMs = startedAtEpochMs;
    for (let deliveries = 1; answer.status !== 200; deliveries += 1) {
      const { status, body } = answer;
      const mayWait =
        (mayFail && status === 503) || (status === 429 && (mayFail || hadBurst(asked.portal, sentAtEpochMs)));
      const isAllowed = mayWait && deliveries < DELIVERIES;
      expect({ portal: asked.portal, status, body, isAllowed }).toMatchObject({ isAllowed: true });
      clock.advance(61 * SECOND_MS);
      sentAtEpochMs = clock.now();
      answer = await deliver(asked.container);
    }
    return answer;
  }

  /** As many calls at once as the budget gives: whoever comes then has to come again. */
  function hadBurst(portalId: OneOfTwo, atEpochMs: number): boolean {
    const around = simulator.calls.all().filter((call) => Math.abs(call.atEpochMs - atEpochMs) < SECOND_MS);
    return around.filter((call) => call.portalId === portalId).length >= BURST;
  }

  function isInTrouble(portalId: OneOfTwo): boolean {
    const { notConnectedUntilEpochMs, limitedUntilEpochMs } = troublesOf(portalId);
    return clock.now() < Math.max(notConnectedUntilEpochMs, limitedUntilEpochMs);
  }

  async function take(each: Step): Promise<void> {
    switch (each.kind) {
      case 'execute':
        return execute([each.execution]);
      case 'together':
        return execute(each.all);
      case 'change':
        return people[each.change](each.portal, each.person);
      case 'wait':
        return clock.advance(each.ms);
      case 'newContainer':
        containers[each.container] = await service.restart();
        return;
      case 'install':
        await two.install(each.portal);
        if (troublesOf(each.portal).notConnectedUntilEpochMs > 0) {
          troublesOf(each.portal).notConnectedUntilEpochMs = clock.now();
        }
        return;
      case 'uninstall':
        if (troublesOf(each.portal).notConnectedUntilEpochMs === Number.POSITIVE_INFINITY) return;
        two.uninstall(each.portal);
        troublesOf(each.portal).notConnectedUntilEpochMs = Number.POSITIVE_INFINITY;
        return;
      case 'spendLimit':
        return spendLimit(each.portal);
      case 'sync':
        expect(isInTrouble(each.portal) || (await two.sweep(each.portal))).toBe(true);
        return;
    }
  }

  /** HubSpot refuses the portal's calls for a while; whoever pauses, pauses for this portal alone. */
  function spendLimit(portalId: OneOfTwo): void {
    simulator.faults.clear();
    const fault = { kind: 'status', status: 429, headers: { 'retry-after': '10' } } as const;
    for (const route of ['PATCH object', 'GET owners'] as const) simulator.faults.script({ route, portalId, fault });
    // When they are met, the cache decides: until it is the other portal's turn, this one may have to come again.
    for (const each of TWO_PORTALS) {
      const trouble = troublesOf(each);
      // It may have met one a moment ago, and pauses.
      trouble.limitedUntilEpochMs = Math.min(trouble.limitedUntilEpochMs, clock.now() + LONGEST_PAUSE_MS);
    }
    troublesOf(portalId).limitedUntilEpochMs = Number.POSITIVE_INFINITY;
  }

  return {
    outcomes,
    async run(steps: readonly Step[]): Promise<void> {
      for (const each of steps) await take(each);
    },
  };
}

function rememberedOf({ status, outputs }: Answer) {
  const { outcome, ownerId, errorCode } = outputs;
  return { status, outcome, ownerId, errorCode };
}

function fail(): never {
  throw new Error('the history does not know this');
}
