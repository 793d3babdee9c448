import { writeFile } from 'node:fs/promises';
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

/**
 * Writes a sample execution, and says how to use the stack. The execution is signed with v2, whose signature contains no time, so
 * the line works as long as the stack runs.
 */
export async function writeTryOut(
  { url, environment, folder, simulation }: LocalStack,
  pageUrl: string | undefined,
): Promise<string> {
  const lines = [
    '',
    ...(pageUrl === undefined ? [] : [`Open the settings page and the workbench: ${pageUrl}/`, '']),
    `The actions are served at ${url}`,
    `HubSpot is asked at       ${environment.HUBSPOT_API_BASE_URL}`,
    `The functions log to      ${join(folder.shownPath, 'functions.log')}   npm run logs`,
    '',
  ];
  if (simulation === undefined) {
    lines.push(`Point the action of your HubSpot project at ${environment.PUBLIC_BASE_URL} (through a tunnel).`);
    return [...lines, 'Ctrl-C stops everything.', ''].join('\n');
  }
  const { simulator, people } = simulation;
  const file = join(folder.path, 'curl.json');
  const headers = await writeExecution(file, environment, simulator, people);
  return [
    ...lines,
    ...toInstall(environment),
    `Account ${LOCAL_PORTAL_ID} has owners ${emailsOf(people)}.`,
    'Enroll a contact, and see what becomes of it:',
    '',
    '  npm run send -- --email jane@example.com --record contact:1',
    '',
    'Send an execution with curl. The second time, it is answered from the execution ledger:',
    '',
    `  curl -sS ${url}${SET_OWNER_BY_EMAIL.route} ${headers} --data-binary @${join(folder.shownPath, 'curl.json')}`,
    '',
    'Invoke a function by its name:',
    '',
    `  npm run invoke -- --function explainOwner --data '${JSON.stringify({ portalId: String(LOCAL_PORTAL_ID), value: 'jane@example.com' })}'`,
    '',
    'Check everything with npm run doctor and npm run smoke. Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** With a client ID, nobody is connected yet. */
function toInstall(environment: Environment): string[] {
  if (environment.HUBSPOT_CLIENT_ID === undefined) return [];
  return [`Install the app first: open ${environment.PUBLIC_BASE_URL}${INSTALL_ROUTE} in a browser.`, ''];
}

async function writeExecution(
  file: string,
  environment: Environment,
  { state }: HubSpotSimulator,
  people: SeededPeople,
): Promise<string> {
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
  await writeFile(file, body);
  return Object.entries({ 'content-type': 'application/json', ...signed })
    .map(([header, value]) => `-H '${header}: ${value}'`)
    .join(' ');
}

function emailsOf(people: SeededPeople): string {
  return [people.jane, people.omar, people.desk].map(({ email }) => email).join(', ');
}
