import { type Deployed, findChanges, findLosses, isSameStack } from '../../../local/deploy/losses.ts';
import type { Template } from '../../../local/deploy/template.ts';

type Given = {
  readonly clientId?: string;
  readonly portalId?: string;
  readonly domain?: string;
  readonly alarmEmail?: string;
  readonly topicArn?: string;
  readonly previousSecret?: string;
  readonly logLevel?: string;
  readonly apiBaseUrl?: string;
  readonly hasKey?: boolean;
};

const isGiven = (value: string) => ({ 'Fn::Not': [{ 'Fn::Equals': [value, ''] }] });

// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
const OWN_ADDRESS = 'https://${HttpApi}.execute-api.eu-central-1.amazonaws.com';

/** What the Serverless CLI makes of the templates, in little. */
function makeTemplate(given: Given): Template {
  const { clientId = '', portalId = '', domain = '', alarmEmail = '', topicArn = '', previousSecret = '' } = given;
  const variables = {
    HUBSPOT_CLIENT_ID: clientId,
    HUBSPOT_PORTAL_ID: portalId,
    HUBSPOT_CLIENT_SECRET_PREVIOUS: previousSecret,
    PUBLIC_BASE_URL: {
      'Fn::If': ['CustomDomain', `https://${domain}`, { 'Fn::Sub': OWN_ADDRESS }],
    },
    TABLE_NAME: 'set-owner-by-email-prod',
    LOG_LEVEL: given.logLevel ?? 'INFO',
    HUBSPOT_API_BASE_URL: given.apiBaseUrl ?? 'https://api.hubapi.com',
  };
  return {
    Conditions: {
      PortalsInstall: isGiven(clientId),
      CustomDomain: isGiven(domain),
      AlarmsGoToEmail: isGiven(alarmEmail),
      AlarmsGoToTopic: isGiven(topicArn),
    },
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
      ...(given.hasKey !== false && { TokenKey: { Type: 'AWS::KMS::Key', DeletionPolicy: 'Retain' } }),
      ApiDomain: { Type: 'AWS::ApiGatewayV2::DomainName', Condition: 'CustomDomain' },
      AlarmTopic: { Type: 'AWS::SNS::Topic', Condition: 'AlarmsGoToEmail' },
      AlarmSubscription: { Type: 'AWS::SNS::Subscription', Condition: 'AlarmsGoToEmail' },
      SetOwner: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { S3Key: `serverless/1/zip` }, Environment: { Variables: variables } },
      },
    },
  };
}

function deploy(given: Given): Deployed {
  const template = makeTemplate(given);
  const isMade = ([, { Condition }]: [string, { readonly Condition?: string }]) =>
    Condition === undefined ||
    { CustomDomain: given.domain, AlarmsGoToEmail: given.alarmEmail }[Condition] !== undefined;
  return {
    template,
    resources: new Set(
      Object.entries(template.Resources)
        .filter(isMade)
        .map(([id]) => id),
    ),
  };
}

const FULL: Given = { portalId: '4000001', domain: 'owner.example.com', alarmEmail: 'ops@example.com' };

it('Nothing is lost when the same settings are deployed again', () => {
  expect(findLosses(deploy(FULL), makeTemplate(FULL))).toEqual([]);
});

it.each([
  {
    forgotten: 'the domain',
    next: { ...FULL, domain: '' },
    losses: [{ name: 'CustomDomain', detail: '"owner.example.com" is not given any more; this deletes ApiDomain' }],
  },
  {
    forgotten: 'the alarm email',
    next: { ...FULL, alarmEmail: '' },
    losses: [
      {
        name: 'AlarmsGoToEmail',
        detail: '"ops@example.com" is not given any more; this deletes AlarmTopic, AlarmSubscription',
      },
    ],
  },
  {
    forgotten: 'the account ID',
    next: { ...FULL, portalId: '' },
    losses: [{ name: 'HUBSPOT_PORTAL_ID', detail: 'is 4000001 now and would be empty' }],
  },
  {
    forgotten: 'which account it is',
    next: { ...FULL, portalId: '4000002' },
    losses: [{ name: 'HUBSPOT_PORTAL_ID', detail: 'is 4000001 now and would be 4000002' }],
  },
  {
    forgotten: 'that it is for a static token',
    next: { ...FULL, clientId: 'client-1' },
    losses: [{ name: 'HUBSPOT_PORTAL_ID', detail: 'is 4000001 now and would be empty' }],
  },
  {
    forgotten: 'which domain it is',
    next: { ...FULL, domain: 'other.example.com' },
    losses: [
      {
        name: 'PUBLIC_BASE_URL',
        detail: 'is https://owner.example.com now and would be https://other.example.com',
      },
    ],
  },
  {
    forgotten: 'a variable of the local stack in the shell, so that tokens would go elsewhere',
    next: { ...FULL, apiBaseUrl: 'http://127.0.0.1:4010' },
    losses: [
      { name: 'HUBSPOT_API_BASE_URL', detail: 'is https://api.hubapi.com now and would be http://127.0.0.1:4010' },
    ],
  },
  {
    forgotten: 'the token key',
    next: { ...FULL, hasKey: false },
    losses: [{ name: 'TokenKey', detail: 'AWS::KMS::Key would leave the stack, and what is kept in it with it' }],
  },
])('The list of losses says what a deployment without $forgotten would lose', ({ next, losses }) => {
  expect(findLosses(deploy(FULL), makeTemplate(next))).toEqual(losses);
});

it.each([
  {
    what: 'the client ID, by the name of its variable',
    before: { clientId: 'client-1' },
    name: 'HUBSPOT_CLIENT_ID',
  },
  {
    what: 'the previous client secret',
    before: { portalId: '1', previousSecret: 'ssm:/previous' },
    name: 'HUBSPOT_CLIENT_SECRET_PREVIOUS',
  },
  {
    what: 'an alarm topic, although no resource goes with it',
    before: { portalId: '1', topicArn: 'arn:aws:sns:eu-central-1:1:ops' },
    name: 'AlarmsGoToTopic',
  },
])('The list of losses has the loss of $what', ({ before, name }) => {
  const losses = findLosses(deploy(before), makeTemplate({ portalId: before.portalId ?? '' }));

  expect(losses.map((loss) => loss.name)).toEqual([name]);
});

it('The list of losses does not show a previous secret that was given as plain text', () => {
  const before = { portalId: '1', previousSecret: 'a real secret' };

  const [loss] = findLosses(deploy(before), makeTemplate({ portalId: '1' }));

  expect(loss?.detail).toBe('is set now and would be empty');
});

it('The first client ID, key or alarms of a stack are no loss', () => {
  const before = deploy({ hasKey: false });

  expect(findLosses(before, makeTemplate({ clientId: 'client-1', alarmEmail: 'ops@example.com' }))).toEqual([]);
});

it('A first domain counts as a loss, because HubSpot calls and signs for the address that it was given', () => {
  expect(findLosses(deploy({ portalId: '1' }), makeTemplate({ portalId: '1', domain: 'owner.example.com' }))).toEqual([
    { name: 'PUBLIC_BASE_URL', detail: `is ${OWN_ADDRESS} now and would be https://owner.example.com` },
  ]);
});

it('A resource that the stack had already lost is no new loss', () => {
  const { template, resources } = deploy(FULL);
  const left = new Set([...resources].filter((id) => id !== 'TokenKey'));

  expect(findLosses({ template, resources: left }, makeTemplate({ ...FULL, hasKey: false }))).toEqual([]);
});

it('The list of changes names variables, and no values', () => {
  const changes = findChanges(makeTemplate(FULL), makeTemplate({ ...FULL, logLevel: 'DEBUG' }));

  expect(changes).toEqual(['LOG_LEVEL']);
});

it('Two templates are the same stack if they differ only in the upload folder and the order of keys', () => {
  const text = JSON.stringify(makeTemplate(FULL));
  const { Resources, ...rest } = JSON.parse(text.replace('serverless/1/zip', 'serverless/2/zip'));
  expect(isSameStack(makeTemplate(FULL), { Resources, ...rest })).toBe(true);
  expect(isSameStack(makeTemplate(FULL), makeTemplate({ ...FULL, logLevel: 'DEBUG' }))).toBe(false);
});

it('The comparison refuses conditions that it does not understand', () => {
  const strange = { ...makeTemplate(FULL), Conditions: { CustomDomain: { 'Fn::Contains': [] } } };

  expect(() => findLosses({ ...deploy(FULL), template: strange }, makeTemplate(FULL))).toThrow('Fn::Contains');
});
