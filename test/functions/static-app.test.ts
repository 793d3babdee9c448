import { join } from 'node:path';
import { installStaticApp, uploadProject } from '../../local/simulator/install-project.ts';
import { readProjectFolder } from '../../local/simulator/project-files.ts';
import { addCustomObjectType, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { ASSIGNED, enroll, seedCachedOwner, told } from '../support/enrollment.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();

/** The app of the project in `hubspot/`, as HubSpot installs it: what it may do is written there and nowhere else. */
beforeEach(() => {
  const { state } = service().simulator;
  const { name } = uploadProject(state, readProjectFolder(join(PROJECT_DIR, 'hubspot')), { isTemplate: true });
  revokeToken(state, PORTAL, tokenOf(PORTAL));
  installStaticApp(state, name, PORTAL, tokenOf(PORTAL));
});

async function enrollRecord(objectType: string, typeId: string) {
  const { state } = service().simulator;
  const owner = await seedCachedOwner(service());
  const { id } = addRecord(state, PORTAL, { typeId });
  const answer = await enroll(service(), { objectType, objectId: id });
  return { owner, answer, ownerId: readRecordProperty(state, PORTAL, typeId, id, 'hubspot_owner_id') };
}

it.each([
  ['CONTACT', '0-1'],
  ['COMPANY', '0-2'],
  ['DEAL', '0-3'],
  ['TICKET', '0-5'],
])('With a static token and only the scopes of its project, the owner of a %s is set', async (objectType, typeId) => {
  const { owner, answer, ownerId } = await enrollRecord(objectType, typeId);

  expect(answer).toMatchObject(ASSIGNED);
  expect(ownerId).toBe(owner.id);
});

it.each([
  ['LEAD', '0-136'],
  ['2-7001', '2-7001'],
])(
  'With a static token whose project does not request it, a record of type %s gives MISSING_SCOPES',
  async (objectType, typeId) => {
    if (typeId === '2-7001') addCustomObjectType(service().simulator.state, PORTAL, { typeId, name: 'contracts' });

    const { answer, ownerId } = await enrollRecord(objectType, typeId);

    expect(answer).toMatchObject(told('MISSING_SCOPES'));
    expect(ownerId).toBe('');
  },
);
