import { parseCommand } from '../../../local/command/command-line.ts';
import type { Settings } from '../../../local/deploy/settings.ts';
import type { Ask } from '../../../local/setup/ask.ts';
import { planSteps } from '../../../local/setup/plan.ts';
import { describePlan } from '../../../local/setup/run-setup.ts';
import { completeSettings, SETUP_COMMAND } from '../../../local/setup/setup-options.ts';

const REQUIRED: Settings = {
  auth: 'static',
  'portal-id': '4000001',
  'support-email': 'help@acme.test',
  'documentation-url': 'https://acme.test/docs',
  'support-url': 'https://acme.test/help',
};
const silent: Ask = {
  isTerminal: false,
  line: () => Promise.reject(new Error('asked')),
  secret: () => Promise.reject(new Error('asked')),
  close() {},
};

function makePerson(answers: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const left = new Map(Object.entries(answers).map(([question, texts]) => [question, [...texts]]));
  const line = async (question: string) => {
    asked.push(question);
    const known = [...left].find(([start]) => question.includes(start));
    return known?.[1].shift() ?? '';
  };
  return { ask: { ...silent, isTerminal: true, line }, asked };
}

it('The setup uses defaults for missing flags, and the account of a static token for the deployment', async () => {
  expect(await completeSettings(REQUIRED, {}, silent)).toEqual({
    AWS_REGION: 'eu-central-1',
    SETUP_AUTH: 'static',
    SETUP_ACCOUNT_ID: '4000001',
    HUBSPOT_PORTAL_ID: '4000001',
    PUBLIC_BASE_URL: '',
    DOMAIN_NAME: '',
    ALARM_EMAIL: '',
    SETUP_OBJECTS: 'contacts,companies,deals,tickets',
    SETUP_FEATURES: 'queue,roles',
    SETUP_SUPPORT_EMAIL: 'help@acme.test',
    SETUP_DOCUMENTATION_URL: 'https://acme.test/docs',
    SETUP_SUPPORT_URL: 'https://acme.test/help',
  });
});

it('The setup names every missing flag at once when it cannot ask a person', async () => {
  const settings = completeSettings({}, {}, silent);

  await expect(settings).rejects.toThrow(
    ['--auth', '--portal-id', '--support-email', '--documentation-url', '--support-url']
      .map((flag) => `${flag} is missing`)
      .join('\n'),
  );
});

it.each([
  { flag: 'auth', value: 'token', error: /--auth must be static or oauth/ },
  { flag: 'portal-id', value: '12a', error: /--portal-id must be digits/ },
  { flag: 'region', value: 'Frankfurt', error: /--region must be a region/ },
  { flag: 'domain', value: 'https://owner.acme.test', error: /--domain must be a host name/ },
  { flag: 'base-url', value: 'http://owner.acme.test', error: /--base-url must be an https/ },
  { flag: 'alarm-email', value: 'ops', error: /--alarm-email must be an email address/ },
  { flag: 'objects', value: 'contacts,orders', error: /--objects must be of .*; not orders/ },
  { flag: 'region', value: '', error: /--region must be a region/ },
  { flag: 'objects', value: '', error: /--objects must be at least one of / },
  { flag: 'objects', value: ' , ', error: /--objects must be at least one of / },
  { flag: 'support-email', value: 'support@example.com', error: /--support-email must be your own/ },
  { flag: 'domain', value: 'owner.example.com', error: /--domain must be your own/ },
  { flag: 'support-url', value: 'https://example.com/support', error: /--support-url must be your own/ },
])('The setup refuses --$flag $value', async ({ flag, value, error }) => {
  await expect(completeSettings({ ...REQUIRED, [flag]: value }, {}, silent)).rejects.toThrow(error);
});

it.each(['us-gov-west-1', 'eusc-de-east-1'])(
  'The setup takes %s, a region of another partition of AWS',
  async (region) => {
    expect(await completeSettings({ ...REQUIRED, region }, {}, silent)).toMatchObject({ AWS_REGION: region });
  },
);

it('The setup takes no feature, no domain and no alarm email for an empty answer', async () => {
  const given = { ...REQUIRED, features: '', domain: '', 'alarm-email': '' };
  const empty = { SETUP_FEATURES: '', DOMAIN_NAME: '', ALARM_EMAIL: '' };
  expect(await completeSettings(given, {}, silent)).toMatchObject(empty);
});

it('The setup refuses a certificate of another region, which API Gateway could not use', async () => {
  const certificate = 'arn:aws:acm:us-east-1:111111111111:certificate/any';
  const given = { ...REQUIRED, domain: 'owner.acme.test', 'certificate-arn': certificate };

  await expect(completeSettings(given, {}, silent)).rejects.toThrow(/must be in eu-central-1; .* us-east-1/);
});

it('The setup needs a certificate for a domain', async () => {
  const given = { ...REQUIRED, domain: 'owner.acme.test' };

  await expect(completeSettings(given, {}, silent)).rejects.toThrow('--certificate-arn is missing');
});

it('The setup refuses objects for OAuth, because its app asks for all of them', async () => {
  const given = { ...REQUIRED, auth: 'oauth', objects: 'contacts' };

  await expect(completeSettings(given, {}, silent)).rejects.toThrow('--objects is for --auth static');
});

it('The setup accepts an address in place of the domain that the stage had', async () => {
  const file = { DOMAIN_NAME: 'owner.acme.test', CERTIFICATE_ARN: 'any' };

  const settings = await completeSettings({ ...REQUIRED, 'base-url': 'https://Edge.acme.test/owner/' }, file, silent);

  expect(settings).toMatchObject({ PUBLIC_BASE_URL: 'https://edge.acme.test/owner', DOMAIN_NAME: '' });
});

it.each([
  { from: 'OAuth to static', auth: 'static', file: { HUBSPOT_CLIENT_ID: 'client-1' }, left: { HUBSPOT_CLIENT_ID: '' } },
  { from: 'static to OAuth', auth: 'oauth', file: { HUBSPOT_PORTAL_ID: '4000001' }, left: { HUBSPOT_PORTAL_ID: '' } },
])('A stage that changes from $from keeps no setting of the earlier way', async ({ auth, file, left }) => {
  expect(await completeSettings({ ...REQUIRED, auth }, file, silent)).toMatchObject(left);
});

it('At a terminal the setup asks only for what is missing, and again after a wrong answer', async () => {
  const { ask, asked } = makePerson({
    'Your domain': ['not a host', 'owner.acme.test'],
    ARN: ['wrong', CERTIFICATE],
  });

  const settings = await completeSettings(REQUIRED, { ALARM_EMAIL: '' }, ask);

  expect(settings).toMatchObject({ DOMAIN_NAME: 'owner.acme.test', CERTIFICATE_ARN: CERTIFICATE });
  expect(asked.filter((question) => question.startsWith('The answer must be'))).toHaveLength(2);
  expect(asked.join('\n')).not.toMatch(/alarms|Support email/);
});
const CERTIFICATE = 'arn:aws:acm:eu-central-1:111111111111:certificate/any';

it('The setup refuses a secret among the flags', () => {
  const parsed = parseCommand(SETUP_COMMAND, ['--client-secret', 'any']);
  expect(parsed).toMatchObject({ kind: 'misused', text: expect.stringContaining('Unknown option --client-secret') });
});

it.each([
  { auth: 'static', domain: 'owner.acme.test', order: ['project', 'HubSpot', 'credentials', 'AWS', 'address'] },
  { auth: 'oauth', domain: 'owner.acme.test', order: ['project', 'HubSpot', 'credentials', 'AWS', 'address'] },
  { auth: 'static', domain: '', order: ['AWS', 'project', 'HubSpot', 'credentials', 'Check'] },
  { auth: 'oauth', domain: '', order: ['get the address', 'project', 'HubSpot', 'credentials', 'AWS', 'Check'] },
])(
  'The plan of the setup has an order in which each step has what it needs: $auth, domain "$domain"',
  ({ auth, domain, order }) => {
    const titles = planSteps({ SETUP_AUTH: auth, DOMAIN_NAME: domain }).map(({ title }) => title);

    expect(order.filter((word, index) => titles[index]?.includes(word) !== true)).toEqual([]);
  },
);

it('The setup prints a plan with the settings and the steps', () => {
  expect(describePlan('prod', { SETUP_AUTH: 'static', DOMAIN_NAME: '' }).join('\n')).toBe(
    [
      'Stage prod. deploy/prod.env would hold:',
      '  SETUP_AUTH=static',
      'Steps, of which what is done is skipped:',
      '  1. Deploy to AWS',
      '  2. Write the HubSpot project',
      '  3. Upload it to HubSpot',
      '  4. Store the credentials that HubSpot shows',
      '  5. Check the deployment (npm run doctor)',
      '  6. Start the first owner refresh',
    ].join('\n'),
  );
});
