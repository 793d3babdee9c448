import { addActiveOwner, addOwnersSharingEmail, addQueueOwner } from '../../local/simulator/seed-owners.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const { addContact, ownerOf, callsOf } = service;
const JANE = 'jane@example.com';
const state = () => service().simulator.state;

/** The error code of one execution for Jane, and the owner that its record has then. */
async function set() {
  const objectId = addContact();
  const { outputs } = await service().execute({ objectId, inputFields: { ownerEmail: JANE } });
  return { errorCode: outputs.errorCode, written: ownerOf(objectId) };
}

it('[O10] The last of 5,000 owners is found with one call', async () => {
  for (let index = 1; index < 5_000; index += 1) {
    addActiveOwner(state(), PORTAL, { email: `person-${index}@example.com` });
  }
  const last = addActiveOwner(state(), PORTAL, { email: JANE });
  const calls = await callsOf(async () => expect(await set()).toMatchObject({ written: last.id }));
  expect(calls).toEqual(['GET owners', 'PATCH object']);
});

it('[O10] Every page that HubSpot has for an email is read before the decision', async () => {
  for (let index = 0; index < 100; index += 1) addQueueOwner(state(), PORTAL, { email: JANE });
  const person = addActiveOwner(state(), PORTAL, { email: JANE });
  const calls = await callsOf(async () => expect(await set()).toMatchObject({ written: person.id }));
  expect(calls).toEqual(['GET owners', 'GET owners', 'PATCH object']);
});

it('[O3, O10] The only person on the first page does not count as the only one', async () => {
  addActiveOwner(state(), PORTAL, { email: JANE });
  for (let index = 0; index < 99; index += 1) addQueueOwner(state(), PORTAL, { email: JANE });
  addOwnersSharingEmail(state(), PORTAL, JANE, 1);
  expect(await set()).toMatchObject({ errorCode: 'OWNER_AMBIGUOUS', written: '' });
});
