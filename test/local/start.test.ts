import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { startProgram, stopPrograms } from './start-program.ts';

const READY = /Ctrl-C stops everything/;

jest.setTimeout(180_000);
afterEach(stopPrograms);

it('The command npm start uses a given HubSpot instead of the simulator, once the token is known to open the account', async () => {
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
  expect(wrong.output()).not.toContain('Starting the functions');
  expect(wrong.output()).toContain('HUBSPOT_PORTAL_ID: the token belongs to account 7770001');
  await hubspot.close();
});

it('The command npm start says which port is in use', async () => {
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
  { variable: 'LOG_LEVEL', value: 'VERBOSE' },
  { variable: 'HUBSPOT_ACESS_TOKEN', value: 'pat-test-misspelled' },
])(
  'The command npm start stops with one line that names $variable when its value is wrong',
  async ({ variable, value }) => {
    const program = startProgram('start.ts', { [variable]: value });

    expect(await program.ended).toBe(1);
    const lines = program
      .output()
      .split('\n')
      .filter((line) => line.includes(variable));
    expect(lines).toHaveLength(1);
    expect(program.output()).not.toContain(value);
  },
);

it('A stack that is interrupted while it starts leaves nothing running', async () => {
  const program = startProgram('start.ts', { PORT: '0' });
  await program.until(/Starting/);
  expect(await program.interrupt()).toBe(0);
});
