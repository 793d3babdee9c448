import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { revokeToken } from '../../local/simulator/seed-portals.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { expectAnswered, failedOutputs, outputs, useService } from '../support/use-service.ts';

const service = useService();
const { addContact, ownerOf, callsOf } = service;
const find = (objectId: string, ownerEmail: string) =>
  service().execute({ action: 'find', objectId, inputFields: { ownerEmail } });

it('The owner is found and nothing is written, first live and then from the cache', async () => {
  const { state } = service().simulator;
  const jane = addActiveOwner(state, PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' });
  const objectId = addContact();
  const found = {
    outcome: 'FOUND',
    ownerId: jane.id,
    ownerEmail: 'jane@example.com',
    ownerName: 'Jane Doe',
    userId: String(jane.userId),
    matchedBy: 'EMAIL',
    matchedEmail: 'jane@example.com',
  };
  const calls = await callsOf(async () => {
    const live = await find(objectId, 'JANE@example.com');
    expectAnswered(live, outputs({ ...found, resolvedFrom: 'LIVE', ownerDataAgeSeconds: '0' }));
    service().clock.advance(90_000);
    const cached = await find(objectId, 'mailto:jane@example.com');
    expectAnswered(cached, outputs({ ...found, resolvedFrom: 'CACHE', ownerDataAgeSeconds: '90' }));
  });
  expect(calls).toEqual(['GET owners']);
  expect(ownerOf(objectId)).toBe('');
});

it.each([
  ['lea@example.com', 'OWNER_DEACTIVATED', { resolvedFrom: 'LIVE', ownerDataAgeSeconds: '0' }],
  ['nobody@example.com', 'OWNER_NOT_FOUND', { resolvedFrom: 'LIVE', ownerDataAgeSeconds: '0' }],
  ['', 'EMAIL_MISSING', {}],
  ['nonsense', 'EMAIL_INVALID', { errorDetails: 'it does not have the form of an address' }],
])('Finding the owner of %j gives %s', async (ownerEmail, code, expected) => {
  addArchivedOwner(service().simulator.state, PORTAL, { email: 'lea@example.com' });
  expectAnswered(await find('1', ownerEmail), failedOutputs(code, { ownerEmail, ...expected }));
});

it('The find action reports that the account is not connected', async () => {
  revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
  const answer = await find('1', 'jane@example.com');
  expectAnswered(answer, failedOutputs('PORTAL_NOT_CONNECTED', { ownerEmail: 'jane@example.com', errorDetails: '–' }));
});
