import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { installApp } from '../../local/install-app.ts';
import { LOCAL_PORTAL_ID } from '../../local/seed.ts';
import { startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { useBuildFolder } from '../support/build-folder.ts';
import { startProgram, stopPrograms } from './start-program.ts';

const READY = /Ctrl-C stops everything/;

jest.setTimeout(60_000);
useBuildFolder();
afterEach(stopPrograms);

const shell = promisify(execFile);

it('starts everything, prints lines that work as they are, and stops on Ctrl-C', async () => {
  const program = startProgram('start.ts', {});
  await program.until(READY);
  const [, curl = ''] = await program.until(/^ {2}(curl .*)$/m);
  const [, invoke = ''] = await program.until(/^ {2}(env .*)$/m);
  const [, url = ''] = await program.until(/served at (\S+)/);

  const first = await shell('bash', ['-c', curl], { cwd: PROJECT_DIR });
  const second = await shell('bash', ['-c', curl], { cwd: PROJECT_DIR });
  const invoked = await shell('bash', ['-c', invoke], { cwd: PROJECT_DIR });
  const examined = await shell(process.execPath, ['local/doctor/doctor.ts'], { cwd: PROJECT_DIR });

  expect(JSON.parse(first.stdout)).toMatchObject({ outputFields: { outcome: 'ASSIGNED', errorCode: '' } });
  expect(second.stdout).toBe(first.stdout);
  expect(invoked.stdout).toContain('\\"outcome\\":\\"ASSIGNED\\"');
  expect(examined.stdout).toMatch(/^\d+ good, 0 to fix, \d+ not checked or by choice$/m);
  expect(await program.interrupt()).toBe(0);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

it('prints a line without HTTP that works once the app is installed, too', async () => {
  const program = startProgram('start.ts', { HUBSPOT_CLIENT_ID: 'local-app' });
  await program.until(READY);
  const [, invoke = ''] = await program.until(/^ {2}(env .*)$/m);
  const [, url = ''] = await program.until(/served at (\S+)/);
  const [, hubspotUrl = ''] = await program.until(/asked at\s+(\S+)/);
  await installApp({ url, hubspotUrl, redirectUri: `${url}/oauth/callback`, portalId: LOCAL_PORTAL_ID });

  const invoked = await shell('bash', ['-c', invoke], { cwd: PROJECT_DIR });

  expect(invoked.stdout).toContain('\\"outcome\\":\\"ASSIGNED\\"');
  expect(await program.interrupt()).toBe(0);
});

it('uses a HubSpot that is given instead of the simulator, once the token is known to open the portal', async () => {
  const hubspot = await startHubSpotSimulator();
  addPortal(hubspot.state, { portalId: 7_770_001, token: 'pat-test-given' });
  const given = {
    HUBSPOT_API_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: 'pat-test-given',
    HUBSPOT_CLIENT_SECRET: 'secret-test-given',
    PUBLIC_BASE_URL: 'https://tunnel.example.com',
  };

  const right = startProgram('start.ts', { ...given, HUBSPOT_PORTAL_ID: '7770001' });
  await right.until(READY);
  expect(right.output()).toContain(`HubSpot is asked at       ${hubspot.url}`);
  expect(await right.interrupt()).toBe(0);

  const wrong = startProgram('start.ts', { ...given, HUBSPOT_PORTAL_ID: '7770002' });
  expect(await wrong.ended).toBe(1);
  expect(wrong.output()).toContain('HUBSPOT_PORTAL_ID: the token belongs to portal 7770001');
  await hubspot.close();
});

it('says which port is taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;

  const program = startProgram('start.ts', { PORT: String(port) });

  expect(await program.ended).toBe(1);
  expect(program.output()).toContain(`PORT: port ${port} is in use`);
  other.close();
});

it.each([
  { variable: 'PORT', value: 'three thousand' },
  { variable: 'PUBLIC_BASE_URL', value: 'owner.example.com' },
  { variable: 'HUBSPOT_API_BASE_URL', value: 'http://hubspot.example.com' },
  { variable: 'OWNER_MAX_AGE_HOURS', value: 'a day' },
  { variable: 'ALLOW_V2', value: 'maybe' },
])('stops at the start with one line that names $variable when it is wrong', async ({ variable, value }) => {
  const program = startProgram('start.ts', { [variable]: value });

  expect(await program.ended).toBe(1);
  const lines = program
    .output()
    .split('\n')
    .filter((line) => line.includes(variable));
  expect(lines).toHaveLength(1);
  expect(program.output()).not.toContain(value);
});

it('leaves nothing running when it is interrupted while it starts', async () => {
  const program = startProgram('start.ts', { PORT: '0' });
  await program.until(/Starting/);
  expect(await program.interrupt()).toBe(0);
});
