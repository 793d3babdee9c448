import { randomBytes } from 'node:crypto';
import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { actionLabels } from '../../local/history-labels.ts';
import { installApp } from '../../local/install-app.ts';
import { invokeLocally } from '../../local/local-refresh.ts';
import { readRefreshReport } from '../../local/refresh-report.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { createWorkflowEngine } from '../../local/simulator/workflow-engine.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { toPortalId } from '../builders/ids.ts';
import { INPUTS, OWNER, type Stage, seedJaneAndOmar } from '../support/reported-inputs.ts';
import { v3Headers } from '../support/signed-bytes.ts';

jest.setTimeout(180_000);

const GIVEN: Readonly<Record<string, string>> = {
  HUBSPOT_CLIENT_ID: 'local-inputs',
  LOCAL_TOKEN_KEY: randomBytes(32).toString('base64'),
};
const FIRST_PORTAL = 8_700_001;
const stops: (() => Promise<void>)[] = [];
let stack: LocalStack;
let portals = 0;
let enrollments = 63_000_000_001;

beforeAll(async () => {
  stack = await startLocalStack({
    projectDir: PROJECT_DIR,
    given: (name) => GIVEN[name],
    purpose: 'demo',
    onStop: (stop) => stops.push(stop),
  });
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** An account of its own, which has installed the app. Everything between it and HubSpot's simulator is what `npm start` runs. */
async function openStage(): Promise<Stage> {
  const { url, environment, simulation, refresh, lambdaUrl } = stack;
  if (simulation === undefined) throw new Error('the local stack runs without its simulator');
  const { state, faults, url: hubspotUrl } = simulation.simulator;
  const { portalId } = addPortal(state, { portalId: FIRST_PORTAL + portals });
  portals += 1;
  seedJaneAndOmar(state, portalId);
  const redirectUri = `${environment.PUBLIC_BASE_URL}/oauth/callback`;
  await installApp({ url, hubspotUrl, redirectUri, portalId });
  await refresh.settled();
  const engine = createWorkflowEngine({
    state,
    clientSecret: environment.HUBSPOT_CLIENT_SECRET ?? '',
    actionBaseUrl: url,
    signedBaseUrl: environment.PUBLIC_BASE_URL ?? url,
    labels: actionLabels([SET_OWNER_BY_EMAIL]),
  });
  return {
    state,
    portalId,
    faults,
    async ask(email, inputs = {}, properties = {}) {
      const { id: objectId } = addRecord(state, portalId, { typeId: '0-1', properties });
      const inputFields = { ownerEmail: email, ...inputs };
      enrollments += 1;
      const enrollment = { portalId, objectType: 'CONTACT', objectId, inputFields, enrollmentId: enrollments };
      const { outputFields, attempts } = await engine.execute(SET_OWNER_BY_EMAIL, enrollment);
      const held = readRecordProperty(state, portalId, '0-1', objectId, inputs.ownerProperty ?? OWNER);
      return { ...outputFields, held, tries: attempts.length };
    },
    async refresh() {
      await refresh.run();
      return readRefreshReport(environment, toPortalId(portalId));
    },
    setSuccessor: (leaver, successor) =>
      invokeLocally(lambdaUrl, 'setSuccessor')({ portalId: String(portalId), leaver, successor }),
  };
}

it.each(INPUTS)('[$row] This input has its documented result in the local stack: $input', async ({ right, act }) => {
  const found = await act(await openStage());
  expect(found).toEqual(Array.isArray(right) ? right : expect.objectContaining(right as object));
});

it('[S9] The local stack gives the bytes of a body to the function, so that a signed one that is no text is refused with 400', async () => {
  const { PUBLIC_BASE_URL = '', HUBSPOT_CLIENT_SECRET = '' } = stack.environment;
  const route = '/actions/set-owner-by-email';
  const signed = {
    method: 'POST',
    url: `${PUBLIC_BASE_URL}${route}`,
    body: Buffer.from('{"callbackId":"\x80"}', 'latin1'),
  };
  const headers = v3Headers(HUBSPOT_CLIENT_SECRET, signed, String(Date.now()));
  const { status } = await fetch(`${stack.url}${route}`, { method: 'POST', body: signed.body, headers });
  expect(status).toBe(400);
});
