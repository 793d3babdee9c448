import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalizeBaseUrl } from '../../../lib/domain/app-urls.ts';
import type { Settings } from '../../../local/deploy/settings.ts';
import type { Setup } from '../../../local/setup/setup-world.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { evaluate, functionsOf } from '../../packaging/template.ts';
import { ACCOUNT, BASE, DOMAIN, HUBSPOT, makeSetupDesk, type Person, type SetupDesk } from './setup-desk.ts';

const OWN_ADDRESS = 'https://HttpApi.execute-api.eu-central-1.amazonaws.com';

type Case = {
  readonly name: string;
  readonly given: Settings;
  readonly steps: number;
  readonly deployments: number;
  readonly address: string;
};
const CASES: readonly Case[] = [
  {
    name: 'static, with a domain',
    given: { ...BASE, ...DOMAIN, auth: 'static' },
    steps: 7,
    deployments: 1,
    address: 'https://owner.acme.test',
  },
  {
    name: 'static, without a domain',
    given: { ...BASE, auth: 'static' },
    steps: 6,
    deployments: 1,
    address: OWN_ADDRESS,
  },
  {
    name: 'OAuth, with a domain',
    given: { ...BASE, ...DOMAIN, auth: 'oauth' },
    steps: 7,
    deployments: 1,
    address: 'https://owner.acme.test',
  },
  {
    name: 'OAuth, without a domain',
    given: { ...BASE, auth: 'oauth' },
    steps: 7,
    deployments: 2,
    address: OWN_ADDRESS,
  },
];

/** What HubSpot's pages show. */
const ANSWERS: Readonly<Record<string, string>> = {
  'Client ID': 'client-1',
  'Client secret (not shown)': 'a-client-secret',
  'Access token (not shown)': 'pat-eu1-token',
};
const person: Person = { answer: (question) => ANSWERS[question] ?? '', hasDnsRecord: true };

/** Packaging is another program, and the first setup of a kind waits for it twice at most. */
jest.setTimeout(300_000);

let desk: SetupDesk;
beforeAll(async () => {
  desk = await makeSetupDesk({ environment: HUBSPOT });
});
afterAll(() => desk.close());
beforeEach(() => desk.reset());
afterEach(() => expect(desk.aws.violations).toEqual([]));

/** What is there at the end, whichever way led to it. */
function state() {
  const template = desk.deployed();
  const variables = template && functionsOf(evaluate(template)).get('setOwnerByEmail')?.Environment?.Variables;
  return {
    settings: desk.settings(),
    parameters: Object.fromEntries(desk.aws.parameters),
    variables,
    uploaded: desk.hubspot().uploads.at(-1),
    refreshes: desk.aws.invocations,
  };
}

describe.each(CASES)('setting up $name', ({ given, steps, deployments, address }) => {
  it('The setup writes, uploads, stores and deploys what belongs together', async () => {
    await desk.setup(given, person);

    const { settings, parameters, variables, uploaded, refreshes } = state();
    const isOAuth = given.auth === 'oauth';
    expect(desk.programs.filter((line) => line === 'deploy prod')).toHaveLength(deployments);
    expect(variables?.PUBLIC_BASE_URL).toBe(address);
    expect(variables).toMatchObject(
      isOAuth
        ? { HUBSPOT_CLIENT_ID: 'client-1', HUBSPOT_PORTAL_ID: '' }
        : { HUBSPOT_CLIENT_ID: '', HUBSPOT_PORTAL_ID: ACCOUNT },
    );
    expect(uploaded?.auth).toBe(given.auth);
    expect(JSON.stringify(uploaded?.files)).toContain(`${normalizeBaseUrl(address)}/actions/set-owner-by-email`);
    const name = '/set-owner-by-email/prod/hubspot';
    expect(parameters).toEqual({
      [`${name}-client-secret`]: { Type: 'SecureString', Value: 'a-client-secret' },
      ...(!isOAuth && { [`${name}-access-token`]: { Type: 'SecureString', Value: 'pat-eu1-token' } }),
    });
    expect(refreshes).toEqual(
      isOAuth ? [] : [{ functionName: 'set-owner-by-email-prod-scheduleOwnerRefresh', payload: { atOnce: true } }],
    );
    expect(desk.programs).toContain('doctor --stage prod --region eu-central-1');
    expect(JSON.stringify([settings, desk.told, desk.programs])).not.toMatch(/a-client-secret|pat-eu1-token/);
  });

  it('The setup uploads, stores and deploys nothing when it runs again', async () => {
    await desk.setup(given, person);
    const before = state();
    desk.programs.length = 0;

    await desk.setup(
      {},
      {
        ...person,
        answer: (question) => {
          throw new Error(`asked again: ${question}`);
        },
      },
    );

    expect(state()).toMatchObject({ ...before, refreshes: expect.anything() });
    expect(desk.programs).toEqual(['doctor --stage prod --region eu-central-1']);
  });

  it.each(Array.from({ length: steps }, (_none, index) => index + 1))(
    'A setup that is stopped after step %i and run again without flags ends the same',
    async (stopAfter) => {
      await desk.setup(given, person);
      const expected = state();
      await desk.reset();
      let results = 0;
      const tell = (line: string) => {
        if (/^(✓|– skipped)/.test(line)) results += 1;
        if (results === stopAfter) throw new Error('the power goes out');
      };

      await expect(desk.setup(given, person, { tell })).rejects.toThrow('the power goes out');
      await desk.setup({}, person);

      expect({ ...state(), refreshes: [...new Set(state().refreshes.map((call) => JSON.stringify(call)))] }).toEqual({
        ...expected,
        refreshes: expected.refreshes.map((call) => JSON.stringify(call)),
      });
    },
  );
});

it.each(CASES)('A setup that replaces secrets starts the functions again after it: $name', async ({ given }) => {
  await desk.setup(given, person);
  const stored: (string | undefined)[] = [];
  const run: Setup['run'] = (program) => {
    if (program.args[1] === 'deploy') {
      expect(program.args).toContain('--force');
      stored.push(desk.aws.parameters.get('/set-owner-by-email/prod/hubspot-client-secret')?.Value);
    }
    return desk.run(program);
  };
  const answer = (question: string) => (question.startsWith('Client secret') ? 'a-new-secret' : 'pat-eu1-new');

  await desk.setup({}, { ...person, answer }, { replaceSecrets: true, run });

  expect(stored).toEqual(['a-new-secret']);
});

it('The setup prints what the guide shows', async () => {
  await desk.setup({ ...BASE, ...DOMAIN, auth: 'static' }, person);

  const guide = readFileSync(join(PROJECT_DIR, 'docs/deploy.md'), 'utf8').split('\n');
  const lines = desk.told.flatMap((text) => text.replace('– skipped:', '✓').split('\n'));
  const ofTheCli = ['valid', 'build succeeded, deployed'];
  expect(lines.filter((line) => !guide.includes(line) && !ofTheCli.includes(line))).toEqual([]);
  expect(lines.length).toBeGreaterThan(20);
});

describe('setting up stops', () => {
  const given = { ...BASE, ...DOMAIN, auth: 'static' };

  it('The setup stops with the record to create while the domain does not lead to the service, and continues there', async () => {
    const setup = desk.setup(given, { ...person, hasDnsRecord: false });
    await expect(setup).rejects.toThrow(
      'Create a CNAME record: owner.acme.test → ApiDomain.RegionalDomainName. Then run npm run setup again',
    );
    expect(desk.aws.invocations).toEqual([]);
    desk.programs.length = 0;

    await desk.setup({}, person);

    expect(desk.programs).toEqual(['doctor --stage prod --region eu-central-1']);
    expect(desk.aws.invocations).toHaveLength(1);
  });

  it('The setup stops before the first refresh when the doctor finds something to fix', async () => {
    desk.doctorExitCode = 1;
    await expect(desk.setup(given, person)).rejects.toThrow('Fix what the doctor marks');
    expect(desk.aws.invocations).toEqual([]);
  });

  it('The setup stops when a secret was copied with a space in it, and stores nothing of it', async () => {
    const clumsy = { ...person, answer: () => 'two words' };
    await expect(desk.setup(given, clumsy)).rejects.toThrow('HUBSPOT_CLIENT_SECRET: must be printable characters');
    expect([...desk.aws.parameters]).toEqual([]);
  });

  it('The setup stops when a parameter of that name is not encrypted', async () => {
    const name = '/set-owner-by-email/prod/hubspot-client-secret';
    desk.aws.parameters.set(name, { Type: 'String', Value: 'any' });
    await expect(desk.setup(given, person)).rejects.toThrow(`${name} is not a SecureString`);
  });

  it('The setup stops when it is given another domain, because HubSpot and workflows know the first one', async () => {
    await desk.setup(given, person);
    const moved = desk.setup({ domain: 'other.acme.test' }, person);
    await expect(moved).rejects.toThrow(/PUBLIC_BASE_URL: is https:\/\/owner\.acme\.test now/);
    expect(desk.programs.filter((line) => line === 'deploy prod')).toHaveLength(1);
  });

  it.each([
    { kind: 'another domain', other: { domain: 'owners.acme.test' } },
    { kind: 'an address of a proxy', other: { 'base-url': 'https://edge.acme.test' } },
  ])('The setup stops before HubSpot gets $kind, because it would send executions there', async ({ other }) => {
    await desk.setup(given, person);
    const before = [desk.hubspot().uploads.length, desk.settings()];

    await expect(desk.setup(other, person)).rejects.toThrow('--allow-loss PUBLIC_BASE_URL');

    expect([desk.hubspot().uploads.length, desk.settings()]).toEqual(before);
  });

  it('The setup keeps the answers of a first run, although AWS cannot be asked', async () => {
    const readStack = () => Promise.reject(new Error('AWS is away'));
    await expect(desk.setup(given, person, { readStack })).rejects.toThrow('AWS is away');
    expect(desk.settings()).toMatchObject({ DOMAIN_NAME: 'owner.acme.test' });
  });

  it('The setup gives HubSpot another address if that is allowed', async () => {
    await desk.setup(given, person);
    await desk.setup({ domain: 'other.acme.test' }, person, { allowedLosses: ['PUBLIC_BASE_URL'] });
    expect(JSON.stringify(desk.hubspot().uploads.at(-1))).toContain('https://other.acme.test/actions/');
    expect(desk.programs.filter((line) => line === 'deploy prod')).toHaveLength(2);
  });
});

it('The setup takes secrets from the environment, and replaces stored ones when it is asked to', async () => {
  const given = { ...BASE, ...DOMAIN, auth: 'static' };
  const nobody = { ...person, answer: (question: string) => Promise.reject(new Error(question)) as never };
  const environment = { HUBSPOT_CLIENT_SECRET: 'secret-1', HUBSPOT_ACCESS_TOKEN: 'token-1' };
  await desk.setup(given, nobody, { environment });

  const next = { HUBSPOT_CLIENT_SECRET: 'secret-2', HUBSPOT_ACCESS_TOKEN: 'token-2' };
  await desk.setup({}, nobody, { environment: next });
  const before = [...desk.aws.parameters.values()].map(({ Value }) => Value);
  await desk.setup({}, nobody, { environment: next, replaceSecrets: true });

  expect(before).toEqual(['secret-1', 'token-1']);
  expect([...desk.aws.parameters.values()].map(({ Value }) => Value)).toEqual(['secret-2', 'token-2']);
});
