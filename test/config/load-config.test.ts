import { loadConfig, loadPortalPageConfig } from '../../lib/config/load-config.ts';
import { type ReadSecrets, readSsmSecrets } from '../../lib/config/secrets.ts';
import { type FakeSsm, startFakeSsm } from '../support/fake-ssm.ts';

const GOOD = {
  PUBLIC_BASE_URL: 'https://owner.example.com/base',
  HUBSPOT_CLIENT_SECRET: 'secret-test-current',
  HUBSPOT_ACCESS_TOKEN: 'pat-test-token',
  HUBSPOT_PORTAL_ID: '8200001',
  TABLE_NAME: 'owners',
};
const noSecrets: ReadSecrets = async () => ({});
const load = (changes: Record<string, string | undefined>, readSecrets = noSecrets) =>
  loadConfig({ ...GOOD, ...changes }, readSecrets);

const ALL = [
  'PUBLIC_BASE_URL',
  'HUBSPOT_API_BASE_URL',
  'HUBSPOT_CLIENT_SECRET',
  'HUBSPOT_CLIENT_SECRET_PREVIOUS',
  'HUBSPOT_ACCESS_TOKEN',
  'HUBSPOT_PORTAL_ID',
  'TABLE_NAME',
  'OWNER_MAX_AGE_HOURS',
  'ALLOW_V2',
];

/** The names in a message, longest first, so that one that is the start of another is not taken for it. */
const namesIn = (message: string) => ALL.filter((name) => new RegExp(`\\b${name}\\b`).test(message));

async function messageOf(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'ConfigError', code: 'CONFIG_INVALID', retryable: true });
  return (error as Error).message;
}

describe('A complete configuration', () => {
  it.each([
    ['2', 2],
    ['08', 8],
    ['23', 23],
    ['24', undefined],
    ['2am', undefined],
  ])('The hour of the nightly refresh may be written as the schedule takes it: %s', async (hour, expected) => {
    const environment = { ...GOOD, REFRESH_QUEUE_URL: 'https://sqs.example.com/refresh', REFRESH_HOUR_UTC: hour };
    const loading = loadPortalPageConfig(environment, noSecrets).then(({ refreshHourUtc }) => refreshHourUtc);
    if (expected === undefined) await expect(loading).rejects.toThrow('REFRESH_HOUR_UTC: must be an hour, 0 to 23');
    else expect(await loading).toBe(expected);
  });

  it('Optional variables have defaults', async () => {
    const config = await load({});
    expect(config).toMatchObject({
      publicBaseUrl: 'https://owner.example.com/base',
      hubspotApiBaseUrl: 'https://api.hubapi.com',
      secrets: { current: 'secret-test-current', previous: undefined },
      allowSignatureV2: true,
      tableName: 'owners',
      ownerMaxAgeMs: 26 * 3_600_000,
    });
    expect([...config.staticTokens]).toEqual([['8200001', 'pat-test-token']]);
  });

  it.each(['HUBSPOT_API_BASE_URL', 'HUBSPOT_CLIENT_SECRET_PREVIOUS', 'OWNER_MAX_AGE_HOURS', 'ALLOW_V2'])(
    'An empty %s counts as left out, because templates write it like that',
    async (name) => {
      expect(await load({ [name]: '' })).toEqual(await load({}));
    },
  );

  it('Values are used as given, without surrounding white space', async () => {
    const config = await load({
      HUBSPOT_API_BASE_URL: 'http://127.0.0.1:8080',
      HUBSPOT_CLIENT_SECRET: ' secret-test-current\n',
      HUBSPOT_CLIENT_SECRET_PREVIOUS: 'secret-test-previous',
      OWNER_MAX_AGE_HOURS: '1.5',
      ALLOW_V2: 'false',
    });
    expect(config).toMatchObject({
      hubspotApiBaseUrl: 'http://127.0.0.1:8080',
      secrets: { current: 'secret-test-current', previous: 'secret-test-previous' },
      allowSignatureV2: false,
      ownerMaxAgeMs: 5_400_000,
    });
  });

  it.each(['http://localhost:3000', 'http://127.1.2.3', 'http://[::1]:3000', 'https://a.example.com/x/y'])(
    'The base URL %s of the API is accepted',
    async (url) => {
      expect(await load({ PUBLIC_BASE_URL: url })).toMatchObject({ publicBaseUrl: url });
    },
  );
});

describe('An invalid configuration', () => {
  const required = Object.keys(GOOD);
  const never = 'secret-test-value';
  const malformed: [string, string, string][] = ['PUBLIC_BASE_URL', 'HUBSPOT_API_BASE_URL'].flatMap((name) => [
    [name, never, 'no URL'],
    [name, `http://${never}.example.com`, 'in the clear'],
    [name, `http://localhost.${never}.com`, 'only looks like this machine'],
    [name, `ftp://${never}.example.com`, 'another protocol'],
    [name, `https://${never}.example.com/`, 'a trailing slash'],
    [name, `https://${never}.example.com?a=1`, 'a query'],
    [name, `https://${never}.example.com?`, 'an empty query'],
    [name, `https://${never}.example.com#a`, 'a fragment'],
    [name, `https://${never}.example.com#`, 'an empty fragment'],
    [name, `https://a:${never}@example.com`, 'a password'],
    [name, `https://${never}.example.com\n`, 'a line break behind'],
    [name, ` https://${never}.example.com`, 'white space before'],
    [name, `https://${never}.exa\tmple.com`, 'a tab inside'],
  ]);

  it.each([
    ...required.map((name) => [name, undefined, 'missing'] as const),
    ...required.map((name) => [name, '', 'empty'] as const),
    ...required.map((name) => [name, ' \n', 'white space'] as const),
    ['HUBSPOT_CLIENT_SECRET_PREVIOUS', ' ', 'white space'] as const,
    ...malformed,
    ['HUBSPOT_ACCESS_TOKEN', `${never} ${never}`, 'a space inside'] as const,
    ['HUBSPOT_ACCESS_TOKEN', `${never}\n${never}`, 'a line break inside'] as const,
    ['HUBSPOT_ACCESS_TOKEN', `${never}é`, 'a letter that no header carries'] as const,
    ...['0', '-1', '1.5', '1e6', '08200001', `${never}`, '1'.repeat(21)].map(
      (value) => ['HUBSPOT_PORTAL_ID', value, 'no portal id'] as const,
    ),
    ...['-1', '1e3', 'NaN', '10000', '1.', ' 26', never].map(
      (value) => ['OWNER_MAX_AGE_HOURS', value, 'no number of hours'] as const,
    ),
    ...['yes', 'TRUE', '1', ' true', never].map((value) => ['ALLOW_V2', value, 'neither true nor false'] as const),
  ])(
    '[S15] The configuration %s = %j is reported by that name only, on one line and without its value: %s',
    async (name, value, _why) => {
      const message = await messageOf(load({ [name]: value }));
      expect(namesIn(message)).toEqual([name]);
      expect(message).not.toContain(never);
      expect(message).not.toContain('\n');
    },
  );

  it('All configuration errors are reported at once', async () => {
    const message = await messageOf(loadConfig({}, noSecrets));
    expect(namesIn(message)).toEqual(ALL.filter((name) => required.includes(name)));
  });
});

describe('Secrets in SSM', () => {
  const REFERENCES = {
    HUBSPOT_CLIENT_SECRET: 'ssm:/owners/dev/client-secret',
    HUBSPOT_ACCESS_TOKEN: 'ssm:/owners/dev/access-token',
  };
  const environment = { ...process.env };
  let ssm: FakeSsm;

  beforeEach(async () => {
    ssm = await startFakeSsm();
    ssm.parameters.set('/owners/dev/client-secret', 'secret-test-ssm');
    ssm.parameters.set('/owners/dev/access-token', 'pat-test-ssm');
    process.env.AWS_ENDPOINT_URL_SSM = ssm.url;
  });

  afterEach(async () => {
    process.env = { ...environment };
    await ssm.close();
  });

  it('Secrets are read from SSM with one call, and only when there are references', async () => {
    await load({}, readSsmSecrets);
    expect(ssm.calls).toEqual([]);
    const config = await load(REFERENCES, readSsmSecrets);
    expect(config.secrets.current).toBe('secret-test-ssm');
    expect([...config.staticTokens.values()]).toEqual(['pat-test-ssm']);
    expect(ssm.calls).toHaveLength(1);
  });

  it('The static token is read again as it is stored then', async () => {
    const { readStaticToken } = await load(REFERENCES, readSsmSecrets);
    ssm.parameters.set('/owners/dev/access-token', 'pat-test-newer');
    expect(await readStaticToken?.()).toBe('pat-test-newer');
    ssm.parameters.set('/owners/dev/access-token', ' ');
    expect(await messageOf(Promise.resolve(readStaticToken?.()))).toContain('HUBSPOT_ACCESS_TOKEN');
  });

  it.each<[string, (fake: FakeSsm) => void]>([
    ['does not exist', ({ parameters }) => parameters.delete('/owners/dev/client-secret')],
    ['is empty', ({ parameters }) => parameters.set('/owners/dev/client-secret', '')],
    ['is white space', ({ parameters }) => parameters.set('/owners/dev/client-secret', ' \n')],
  ])('[S15] A parameter that %s is reported by the variable that refers to it', async (_name, spoil) => {
    spoil(ssm);
    const message = await messageOf(load(REFERENCES, readSsmSecrets));
    expect(namesIn(message)).toEqual(['HUBSPOT_CLIENT_SECRET']);
    expect(message).not.toMatch(/\n|owners\/dev|-test-/);
  });

  it('[S15] A parameter that may not be read is reported by all variables that were read with it', async () => {
    ssm.faults.push({ status: 400, body: '{"__type":"AccessDeniedException","message":"secret-test-x"}' });
    const message = await messageOf(load(REFERENCES, readSsmSecrets));
    expect(namesIn(message)).toEqual(['HUBSPOT_CLIENT_SECRET', 'HUBSPOT_ACCESS_TOKEN']);
    expect(message).not.toMatch(/\n|owners\/dev|-test-/);
  });
});
