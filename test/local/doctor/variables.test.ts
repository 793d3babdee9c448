import { checkVariables, resolveSecrets } from '../../../local/doctor/variables.ts';

const GOOD = {
  PUBLIC_BASE_URL: 'https://owner.example.com',
  HUBSPOT_CLIENT_SECRET: 'secret-test-current',
  HUBSPOT_ACCESS_TOKEN: 'pat-test-static',
  HUBSPOT_PORTAL_ID: '8200001',
  TABLE_NAME: 'table',
  REFRESH_QUEUE_URL: 'https://queue.example.com/refresh',
  ASSIGN_QUEUE_URL: 'https://queue.example.com/assign',
};
const SECRET_NAME = '/set-owner-by-email/prod/hubspot-client-secret';
const TOKEN_NAME = '/set-owner-by-email/prod/hubspot-access-token';

it('The doctor finds nothing wrong with variables that the functions can start with', async () => {
  expect(await checkVariables(GOOD)).toMatchObject([{ verdict: 'good' }]);
});

it.each([
  { variable: 'PUBLIC_BASE_URL', value: 'https://owner.example.com/' },
  { variable: 'HUBSPOT_PORTAL_ID', value: 'portal' },
  { variable: 'OWNER_MAX_AGE_HOURS', value: 'a day' },
  { variable: 'REFRESH_QUEUE_URL', value: '' },
  { variable: 'TABLE_NAME', value: ' ' },
  { variable: 'DIGEST_PAGE_URL', value: 'https://app.hubspot.com/8200001/page' },
])('The doctor names $variable once when it is wrong, and not its value', async ({ variable, value }) => {
  const findings = await checkVariables({ ...GOOD, [variable]: value });

  expect(findings).toMatchObject([{ verdict: 'wrong', subject: variable }]);
  if (value.trim() !== '') expect(JSON.stringify(findings)).not.toContain(`"${value}"`);
});

it('The doctor asks for the token key where accounts install the app', async () => {
  expect(await checkVariables({ ...GOOD, HUBSPOT_CLIENT_ID: 'client-1' })).toMatchObject([
    { verdict: 'wrong', subject: 'TOKEN_KMS_KEY_ID' },
  ]);
});

describe('secrets', () => {
  const environment = {
    ...GOOD,
    HUBSPOT_CLIENT_SECRET: `ssm:${SECRET_NAME}`,
    HUBSPOT_ACCESS_TOKEN: `ssm:${TOKEN_NAME}`,
  };
  const read = (values: Readonly<Record<string, string>>) => async () => new Map(Object.entries(values));

  it('Secrets are read from their parameters, and shown by name and never by value', async () => {
    const values = { [SECRET_NAME]: 'secret-test-current', [TOKEN_NAME]: 'pat-test-static' };

    const { environment: resolved, findings } = await resolveSecrets(environment, read(values));

    expect(resolved).toMatchObject({ HUBSPOT_CLIENT_SECRET: 'secret-test-current' });
    expect(findings.map(({ verdict, subject }) => `${verdict} ${subject}`)).toEqual([
      `good parameter ${SECRET_NAME}`,
      `good parameter ${TOKEN_NAME}`,
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/secret-test|pat-test/);
  });

  it('Secrets with white space around them are used as the functions use them, without it', async () => {
    const values = { [SECRET_NAME]: 'secret-test-current\n', [TOKEN_NAME]: ' pat-test-static\r\n' };

    const { environment: resolved, findings } = await resolveSecrets(environment, read(values));

    expect(resolved).toMatchObject({
      HUBSPOT_CLIENT_SECRET: 'secret-test-current',
      HUBSPOT_ACCESS_TOKEN: 'pat-test-static',
    });
    expect(findings).toMatchObject([{ verdict: 'good' }, { verdict: 'good' }]);
  });

  it('Secrets that were never stored are reported with the variable that needs them', async () => {
    const { environment: resolved, findings } = await resolveSecrets(environment, read({ [SECRET_NAME]: ' ' }));

    expect(findings).toMatchObject([
      { verdict: 'wrong', detail: 'is empty' },
      { verdict: 'wrong', detail: expect.stringContaining('HUBSPOT_ACCESS_TOKEN') },
    ]);
    expect(resolved.HUBSPOT_ACCESS_TOKEN).toBeUndefined();
  });

  it('Secrets that nobody uses are not asked for: no static token where accounts install the app', async () => {
    const asked: string[] = [];
    await resolveSecrets({ ...environment, HUBSPOT_CLIENT_ID: 'client-1' }, async (names) => {
      asked.push(...names);
      return new Map();
    });

    expect(asked).toEqual([SECRET_NAME]);
  });
});
