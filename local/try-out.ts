import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SET_OWNER_BY_EMAIL } from '../lib/action/definition.ts';
import { INSTALL_ROUTE } from '../lib/domain/app-urls.ts';
import type { Environment } from './environment.ts';
import { LOCAL_PORTAL_ID, type SeededPeople } from './seed.ts';
import { buildExecutionPayload } from './simulator/execution-payload.ts';
import type { HubSpotSimulator } from './simulator/hubspot-simulator.ts';
import { addRecord } from './simulator/seed-records.ts';
import { signatureHeaders } from './simulator/sign.ts';
import type { LocalStack } from './stack.ts';

const FOLDER = '.local';

/**
 * Writes executions that are ready to send and says how. They are signed with v2, whose signature has no time in it, so
 * that the lines work for as long as the stack is up.
 */
export async function writeTryOut(projectDir: string, { url, environment, simulation }: LocalStack): Promise<string> {
  const folder = join(projectDir, FOLDER);
  await mkdir(folder, { recursive: true });
  // `sls invoke local` gives a function Lambda's own variables, among which the local key of the tokens would be refused.
  await writeFile(join(folder, 'environment'), toAssignments({ ...environment, IS_OFFLINE: 'true' }));
  const lines = [
    '',
    `The actions are served at ${url}`,
    `HubSpot is asked at       ${environment.HUBSPOT_API_BASE_URL}`,
  ];
  if (simulation === undefined) {
    lines.push(`Point the action of your HubSpot project at ${environment.PUBLIC_BASE_URL} (through a tunnel).`);
    return [...lines, 'Ctrl-C stops everything.', ''].join('\n');
  }
  const { simulator, people } = simulation;
  const curl = await writeExecution(folder, 'curl', environment, simulator, people);
  const invoke = await writeExecution(folder, 'invoke', environment, simulator, people);
  return [
    ...lines,
    '',
    ...toInstall(environment),
    `Portal ${LOCAL_PORTAL_ID} has owners ${emailsOf(people)}.`,
    `Enroll contact ${curl.objectId} with curl:`,
    '',
    `  curl -sS ${url}${SET_OWNER_BY_EMAIL.route} ${curl.headers} --data-binary @${FOLDER}/curl.json`,
    '',
    `Or contact ${invoke.objectId} without HTTP:`,
    '',
    `  env $(cat ${FOLDER}/environment) npx sls invoke local --stage local --function setOwnerByEmail --path ${FOLDER}/invoke-event.json`,
    '',
    'Sent again, each is answered from the execution ledger. Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** With a client id nobody is connected yet. */
function toInstall(environment: Environment): string[] {
  if (environment.HUBSPOT_CLIENT_ID === undefined) return [];
  return [`Install the app first: open ${environment.PUBLIC_BASE_URL}${INSTALL_ROUTE} in a browser.`, ''];
}

async function writeExecution(
  folder: string,
  name: string,
  environment: Environment,
  { state }: HubSpotSimulator,
  people: SeededPeople,
) {
  const { id: objectId } = addRecord(state, LOCAL_PORTAL_ID, { typeId: '0-1' });
  const enrollment = {
    portalId: LOCAL_PORTAL_ID,
    objectType: 'CONTACT',
    objectId,
    inputFields: { ownerEmail: people.jane.email ?? '' },
  };
  const body = JSON.stringify(
    buildExecutionPayload(state, SET_OWNER_BY_EMAIL, enrollment, Date.now() + Number(objectId)),
  );
  const uri = `${environment.PUBLIC_BASE_URL}${SET_OWNER_BY_EMAIL.route}`;
  const secret = environment.HUBSPOT_CLIENT_SECRET ?? '';
  const signed = signatureHeaders(secret, { method: 'POST', uri, body }, Date.now(), 'v2');
  const event = {
    version: '2.0',
    rawPath: SET_OWNER_BY_EMAIL.route,
    headers: signed,
    body,
    isBase64Encoded: false,
    requestContext: { requestId: 'local', http: { method: 'POST' } },
  };
  await writeFile(join(folder, `${name}.json`), body);
  await writeFile(join(folder, `${name}-event.json`), JSON.stringify(event));
  const headers = Object.entries({ 'content-type': 'application/json', ...signed })
    .map(([header, value]) => `-H '${header}: ${value}'`)
    .join(' ');
  return { objectId, headers };
}

function toAssignments(environment: Environment): string {
  return `${Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

function emailsOf(people: SeededPeople): string {
  return [people.jane, people.omar, people.desk].map(({ email }) => email).join(', ');
}
