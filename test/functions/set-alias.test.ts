import { createHandler } from '../../functions/set-alias.ts';
import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import type { SimulatedOwner } from '../../local/simulator/state.ts';
import { enroll } from '../support/enrollment.ts';
import { makeContext } from '../support/http-events.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { PORTAL } from '../support/service.ts';
import { expectAnswered, outputs, useService } from '../support/use-service.ts';

const service = useService();
const ALIAS = 'j.doe@example.com';
let jane: SimulatedOwner;

beforeEach(() => {
  const { state } = service().simulator;
  jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' });
});

const say = (data: unknown) =>
  createHandler(service().telemetry, async () => service().operators)(data, makeContext(30_000));

it('An alias assigns the person whom an operator named for the address, and says how it was found', async () => {
  expect(await say({ portalId: PORTAL, alias: ALIAS, to: jane.id })).toMatchObject({ status: 'set' });
  const answer = await enroll(await service().restart(), { email: 'J.Doe@example.com' });
  expectAnswered(
    answer,
    outputs({
      outcome: 'ASSIGNED',
      ownerId: jane.id,
      ownerEmail: 'jane@example.com',
      ownerName: 'Jane Doe',
      userId: String(jane.userId),
      matchedBy: 'ALIAS',
      matchedEmail: ALIAS,
      resolvedFrom: 'CACHE',
      ownerDataAgeSeconds: '0',
    }),
  );
  expect(answer.ownerId()).toBe(jane.id);
});

it('An alias assigns with the next execution of a container that just refused the address, and refuses once it is taken back', async () => {
  const next = async () => (await enroll(service(), { email: ALIAS })).outputs;
  expect(await next()).toMatchObject({ errorCode: 'OWNER_NOT_FOUND' });
  await say({ portalId: PORTAL, alias: ALIAS, to: jane.id });
  expect(await next()).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, matchedBy: 'ALIAS' });
  const remove = { portalId: PORTAL, alias: ALIAS, remove: true };
  expect(await say(remove)).toEqual({ status: 'removed', ownerId: jane.id });
  expect(await say(remove)).toEqual({ status: 'removed' });
  expect(await next()).toMatchObject({ errorCode: 'OWNER_NOT_FOUND' });
});

it('[M4] An alias is refused for an address of an active person, as HubSpot spells it, before the first refresh', async () => {
  addActiveOwner(service().simulator.state, PORTAL, { email: 'Zoe.Day@Example.com' });
  const taken = { status: 'refused', reason: 'ALIAS_IS_TAKEN' };
  expect(await say({ portalId: PORTAL, alias: 'Zoe.Day@Example.com', to: jane.id })).toMatchObject(taken);
});

it('A domain alias assigns the namesake at the new domain, and nobody once that is taken back', async () => {
  await say({ portalId: PORTAL, alias: '@old.example.com', to: '@example.com' });
  const email = 'jane@old.example.com';
  const found = await enroll(await service().restart(), { email });
  expect(found.outputs).toMatchObject({ outcome: 'ASSIGNED', matchedBy: 'ALIAS', matchedEmail: email });
  expect(await say({ portalId: PORTAL, alias: '@old.example.com', remove: true })).toEqual({
    status: 'removed',
    toDomain: '@example.com',
  });
  const lost = await enroll(await service().restart(), { email });
  expect(lost.outputs).toMatchObject({ errorCode: 'OWNER_NOT_FOUND' });
});

it('[H1, M1] An alias of somebody whom HubSpot no longer lists leads to a leaver and their successor, before and after the next refresh', async () => {
  await say({ portalId: PORTAL, alias: ALIAS, to: jane.id });
  const { simulator, clock } = service();
  const set = async () => {
    clock.advance(3_600_000);
    const answer = await enroll(service(), { email: ALIAS });
    return { errorCode: answer.outputs.errorCode, owner: answer.ownerId() };
  };
  expect(await set()).toEqual({ errorCode: '', owner: jane.id });
  deactivateOwner(simulator.state, PORTAL, jane.id, 'vanishes');
  // The first one finds out by the write that HubSpot refuses.
  expect(await set()).toEqual({ errorCode: 'OWNER_DEACTIVATED', owner: '' });
  expect(await set()).toEqual({ errorCode: 'OWNER_DEACTIVATED', owner: '' });
  const omar = addActiveOwner(simulator.state, PORTAL, { email: 'omar@example.com' });
  await refreshPortal(service());
  expect(await set()).toEqual({ errorCode: 'OWNER_DEACTIVATED', owner: '' });
  expect(await invokeSetSuccessor(service(), { portalId: PORTAL, leaver: jane.id, successor: omar.id })).toMatchObject({
    status: 'set',
  });
  expect(await set()).toEqual({ errorCode: '', owner: omar.id });
});

it('The operator function setAlias writes its metrics when it is done', async () => {
  const flush = jest.spyOn(service().telemetry, 'flush');
  await say({ portalId: PORTAL, alias: ALIAS, to: jane.id });
  expect(flush).toHaveBeenCalledTimes(1);
});

const REST = { portalId: PORTAL, alias: ALIAS, to: '1' };
it.each<[unknown, string[]]>([
  [{ ...REST, portalId: 'eu1' }, ['portalId: must be a portal ID']],
  [{ ...REST, alias: 'jane' }, ['alias: must be one email, or @ and a domain']],
  [{ ...REST, to: 'a@example.com, b@example.com' }, ['to: must be one owner ID, one email, or @ and a domain']],
  [{ ...REST, alias: '*@old.example.com' }, ['alias: must be one email, or @ and a domain, without wildcards']],
  [{ ...REST, to: undefined }, ['to: must be given']],
  [{ ...REST, remove: true }, ['to: must be given, or "remove", and not both']],
  [{ ...REST, remove: 'yes' }, ['remove: must be true or left out']],
  [{ ...REST, form: '3' }, ['the event may hold portalId, alias, to and remove only']],
  [null, ['the event may hold']],
])('%j is an error that says what is wrong: %j', async (data, problems) => {
  const error = await say(data).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  for (const problem of problems) expect(error).toHaveProperty('message', expect.stringContaining(problem));
  expect(error).not.toHaveProperty('message', expect.stringContaining('example.com'));
});
