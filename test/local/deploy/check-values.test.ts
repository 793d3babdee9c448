import * as variables from '../../../lib/config/variables.ts';
import { checkValues } from '../../../local/deploy/check-values.ts';

function makeTemplate(given: Readonly<Record<string, unknown>>) {
  const Properties = { Environment: { Variables: given } };
  const resource = (name: string) => ({ 'Fn::Sub': `arn:aws:ssm:eu-central-1:1:parameter${name}` });
  const Statement = [{ Effect: 'Allow', Action: 'ssm:GetParameters', Resource: READABLE.map(resource) }];
  const Policies = [{ PolicyName: 'function', PolicyDocument: { Statement } }];
  return {
    Resources: {
      SetOwner: { Type: 'AWS::Lambda::Function', Properties },
      Role: { Type: 'AWS::IAM::Role', Properties: { Policies } },
    },
  };
}

/** What the role lets a function read. */
const READABLE = ['/set-owner-by-email/prod/hubspot-client-secret', '/set-owner-by-email/prod/hubspot-access-token'];

const { SECRET_VARIABLES: _secrets, STATIC_VARIABLES: _static, ...families } = variables;
const NAMES = new Set(Object.values(families).flatMap((family) => Object.keys(family)));
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
const OWN_ADDRESS = 'https://${HttpApi}.execute-api.eu-central-1.amazonaws.com';
/** Each takes any text. */
const FREE = [
  'HUBSPOT_CLIENT_ID',
  'HUBSPOT_CLIENT_SECRET',
  'HUBSPOT_CLIENT_SECRET_PREVIOUS',
  'TOKEN_KMS_KEY_ID',
  'TABLE_NAME',
];

it.each([...NAMES, 'LOG_LEVEL'].filter((name) => !FREE.includes(name)))(
  '[C1] A deployment with a slip in %s is stopped',
  (name) => {
    expect(() => checkValues(makeTemplate({ [name]: 'a slip ' }))).toThrow(`${name}: must be`);
  },
);

it.each([
  { of: 'nothing given', given: { PUBLIC_BASE_URL: '', HUBSPOT_PORTAL_ID: '' } },
  {
    of: 'what CloudFormation fills in',
    given: { PUBLIC_BASE_URL: { 'Fn::Sub': OWN_ADDRESS }, ASSIGN_QUEUE_URL: { Ref: 'Queue' } },
  },
  { of: 'a secret that is elsewhere', given: { HUBSPOT_ACCESS_TOKEN: `ssm:${READABLE[1]}` } },
  {
    of: 'what an app for many accounts does not read',
    given: { HUBSPOT_CLIENT_ID: 'client-1', HUBSPOT_PORTAL_ID: 'x', HUBSPOT_ACCESS_TOKEN: 'ssm:/any' },
  },
])('A deployment is not stopped for $of', ({ given }) => {
  expect(() => checkValues(makeTemplate(given))).not.toThrow();
});

it('[C1] A deployment that names an account as one that never waits and as one that always does is stopped', () => {
  const given = { INLINE_PORTAL_IDS: '4000001,4000002', QUEUED_PORTAL_IDS: ' 4000002' };
  expect(() => checkValues(makeTemplate(given))).toThrow('QUEUED_PORTAL_IDS: names a portal of INLINE_PORTAL_IDS');
  expect(() => checkValues(makeTemplate({ ...given, QUEUED_PORTAL_IDS: '4000003' }))).not.toThrow();
});

it('[C1] A deployment whose list of accounts is longer than AWS lets the variables of a function be is stopped', () => {
  const idsOf = (count: number) => Array.from({ length: count }, (_, index) => 100_000_000 + index).join();
  const given = { ASSIGN_QUEUE_URL: { Ref: 'Queue' }, QUEUED_PORTAL_IDS: idsOf(500) };
  expect(() => checkValues(makeTemplate(given))).toThrow(
    'QUEUED_PORTAL_IDS: too long by 1056 bytes for what AWS gives',
  );
  expect(() => checkValues(makeTemplate({ ...given, QUEUED_PORTAL_IDS: idsOf(380) }))).not.toThrow();
});

it.each([
  ['another stage', 'ssm:/set-owner-by-email/dev/hubspot-client-secret'],
  ['a longer name', `ssm:${READABLE[0]}-old`],
  ['a name without its slash', 'ssm:set-owner-by-email/prod/hubspot-client-secret'],
  ['a version', `ssm:${READABLE[0]}:3`],
])('[C1] A deployment with a secret of %s, which no role may read, is stopped', (_what, reference) => {
  const given = { HUBSPOT_CLIENT_ID: '', HUBSPOT_CLIENT_SECRET_PREVIOUS: reference };
  expect(() => checkValues(makeTemplate(given))).toThrow(/^HUBSPOT_CLIENT_SECRET_PREVIOUS: no function may read /m);
});
