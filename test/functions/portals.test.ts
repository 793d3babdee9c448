import fc from 'fast-check';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { getPortal } from '../../local/simulator/state.ts';
import { PORTAL_A, PORTAL_B, toEmail } from '../builders/ids.ts';
import { OTHER_PORTAL, PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

/** Many runs over real engines: on a busy machine they take minutes. */
const PATIENCE_MS = 180_000;
const service = useService();
const { addContact, ownerOf } = service;
const PORTALS = [PORTAL, OTHER_PORTAL] as const;
const PEOPLE = ['ann', 'bea', 'cat'] as const;
type Person = (typeof PEOPLE)[number];

const portal = fc.constantFrom(...PORTALS);
const person = fc.constantFrom(...PEOPLE);
const execution = fc.record({
  kind: fc.constant('execute' as const),
  portal,
  person,
  overwrite: fc.constantFrom('ALWAYS', 'IF_OWNER_INACTIVE'),
  fallback: fc.option(person, { nil: undefined }),
  action: fc.constantFrom('set' as const, 'set' as const, 'find' as const),
});
const step = fc.oneof(
  { weight: 6, arbitrary: execution },
  { weight: 2, arbitrary: fc.tuple(execution, execution).map((both) => ({ kind: 'together' as const, both })) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), portal, person }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(31_000, 61_000, 94_000_000) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'newContainer' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Execution = typeof execution extends fc.Arbitrary<infer T> ? T : never;

/** Every outcome at least once, whatever is drawn besides. */
const everyOutcome = (portalId: (typeof PORTALS)[number]): Step[] => {
  const once = {
    kind: 'execute' as const,
    portal: portalId,
    overwrite: 'ALWAYS' as const,
    fallback: undefined,
    action: 'set' as const,
  };
  return [
    { ...once, person: 'ann' as const },
    { ...once, person: 'ann' as const, action: 'find' as const },
    { kind: 'leave' as const, portal: portalId, person: 'cat' as const },
    { ...once, person: 'cat' as const },
    { ...once, person: 'cat' as const, fallback: 'bea' as const },
  ];
};

/**
 * The two portals have the same people under the same emails, and the ids of one are the ids of other people in the other.
 * Whatever crosses over is then accepted by HubSpot and ends with the wrong person.
 */
function makePeople(run: number) {
  const id = (portalId: number, index: number) =>
    String(410_000_000 + run * 10 + (portalId === PORTAL ? index : (index + 1) % PEOPLE.length) + 1);
  const email = (name: Person) => `${name}-${run}@example.com`;
  for (const portalId of PORTALS) {
    for (const [index, name] of PEOPLE.entries()) {
      addActiveOwner(service().simulator.state, portalId, {
        id: id(portalId, index),
        email: email(name),
        firstName: `${name} of ${portalId}`,
        lastName: '',
      });
    }
  }
  return { email, idOf: (portalId: number, name: Person) => id(portalId, PEOPLE.indexOf(name)) };
}

it(
  '[X1, X13] Each record gets an owner of its own account only, however two accounts take turns in one container',
  async () => {
    let runs = 0;
    const outcomes = new Set<string | undefined>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        runs += 1;
        const { clock, simulator } = service();
        const { email, idOf } = makePeople(runs);
        const hasLeft = new Set<string>();
        let container = await service().restart();

        const execute = async ({ portal: portalId, person: name, overwrite, fallback, action }: Execution) => {
          const objectId = addContact({}, portalId);
          const { outputs } = await container.execute({
            portalId,
            objectId,
            action,
            inputFields: {
              ownerEmail: email(name),
              ...(action === 'set' && { overwrite }),
              ...(action === 'set' &&
                fallback !== undefined && { ifNotAssignable: 'FALLBACK', fallbackOwner: idOf(portalId, fallback) }),
            },
          });
          outcomes.add(outputs.outcome);
          const written = ownerOf(objectId, portalId);
          const chosen = outputs.outcome === 'FALLBACK_ASSIGNED' ? fallback : name;
          const expected = chosen === undefined ? '' : idOf(portalId, chosen);
          expect(['', expected]).toContain(outputs.ownerId);
          expect(written).toBe(action === 'find' ? '' : outputs.ownerId);
          if (outputs.ownerId !== '' && !hasLeft.has(`${portalId} ${chosen}`)) {
            expect(outputs).toMatchObject({
              ownerEmail: email(chosen as Person),
              ownerName: `${chosen} of ${portalId}`,
            });
          }
        };

        for (const each of steps) {
          // Time for permits: this is not about limits.
          clock.advance(1_000);
          if (each.kind === 'execute') await execute(each);
          else if (each.kind === 'together') await Promise.all(each.both.map(execute));
          else if (each.kind === 'wait') clock.advance(each.ms);
          else if (each.kind === 'newContainer') container = await service().restart();
          else {
            const owner = getPortal(simulator.state, each.portal).owners.get(idOf(each.portal, each.person));
            if (owner !== undefined) owner.archived = true;
            hasLeft.add(`${each.portal} ${each.person}`);
          }
        }
      }),
      { numRuns: 25, examples: PORTALS.map((portalId): [Step[]] => [everyOutcome(portalId)]) },
    );
    expect([...outcomes].sort()).toEqual(expect.arrayContaining(['ASSIGNED', 'FAILED', 'FALLBACK_ASSIGNED', 'FOUND']));
  },
  PATIENCE_MS,
);

it('Executions of two accounts with the same callback ID do not mix', async () => {
  const callbackId = 'callback-1-1-0';
  for (const portalId of PORTALS) {
    addActiveOwner(service().simulator.state, portalId, { email: 'ann@example.com', firstName: `Ann of ${portalId}` });
    const objectId = addContact({}, portalId);
    const inputFields = { ownerEmail: 'ann@example.com' };
    const { outputs } = await service().execute({ portalId, objectId, inputFields, callbackId });
    expect(outputs).toMatchObject({ outcome: 'ASSIGNED', ownerName: `Ann of ${portalId} Example` });
    expect(ownerOf(objectId, portalId)).toBe(outputs.ownerId);
  }
});

it('[X1] An ID of another account’s owner matches nobody, in whichever field it comes', async () => {
  const theirs = addActiveOwner(service().simulator.state, OTHER_PORTAL, {
    email: 'bob@example.com',
    firstName: 'Bob',
  });
  const inTheirs = addContact({}, OTHER_PORTAL);
  const inputFields = { ownerEmail: 'bob@example.com' };
  const known = await service().execute({ portalId: OTHER_PORTAL, objectId: inTheirs, inputFields });
  expect(known.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: theirs.id });

  const asked: [Record<string, string>, string][] = [
    [{ ownerEmail: 'bob@example.com' }, 'OWNER_NOT_FOUND'],
    [{ ownerEmail: theirs.id }, 'EMAIL_INVALID'],
    [{ ownerEmail: String(theirs.userId) }, 'EMAIL_INVALID'],
    [{ ownerEmail: '', ifNotAssignable: 'FALLBACK', fallbackOwner: theirs.id }, 'FALLBACK_OWNER_INVALID'],
  ];
  for (const [fields, errorCode] of asked) {
    const objectId = addContact();
    const { outputs } = await service().execute({ objectId, inputFields: fields });
    expect(outputs).toMatchObject({ outcome: 'FAILED', errorCode, ownerId: '' });
    expect(JSON.stringify(outputs)).not.toContain('Bob');
    expect(ownerOf(objectId)).toBe('');
  }
});

it('[P12] An email that holds our delimiters reads nothing of another account', async () => {
  const { state } = service().simulator;
  const victim = addActiveOwner(state, OTHER_PORTAL, { email: 'ann@example.com' });
  const cache = createOwnerCache(service().table, service().clock.now);
  await service().execute({
    action: 'find',
    portalId: OTHER_PORTAL,
    objectId: '1',
    inputFields: { ownerEmail: 'ann@example.com' },
  });
  expect((await cache.findByEmail(PORTAL_B, toEmail('ann@example.com')))?.owners).toMatchObject([{ id: victim.id }]);
  for (const ownerEmail of [`${OTHER_PORTAL}#email#ann@example.com`, `#${OTHER_PORTAL}#ann@example.com`]) {
    const { id: objectId } = addRecord(state, PORTAL, { typeId: '0-1' });
    const { outputs } = await service().execute({ objectId, inputFields: { ownerEmail } });
    expect(outputs).toMatchObject({ errorCode: 'OWNER_NOT_FOUND', ownerId: '' });
  }
  expect(await cache.findByEmail(PORTAL_A, toEmail('ann@example.com'))).toBeUndefined();
});
