import * as variables from '../../../lib/config/variables.ts';
import { checkValues } from '../../../local/deploy/check-values.ts';

function makeTemplate(given: Readonly<Record<string, unknown>>) {
  const Properties = { Environment: { Variables: given } };
  return { Resources: { SetOwner: { Type: 'AWS::Lambda::Function', Properties } } };
}

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

it.each([...NAMES].filter((name) => !FREE.includes(name)))('[C1] A deployment with a slip in %s is stopped', (name) => {
  expect(() => checkValues(makeTemplate({ [name]: 'a slip ' }))).toThrow(`${name}: must be`);
});

it.each([
  { of: 'nothing given', given: { PUBLIC_BASE_URL: '', HUBSPOT_PORTAL_ID: '' } },
  {
    of: 'what CloudFormation fills in',
    given: { PUBLIC_BASE_URL: { 'Fn::Sub': OWN_ADDRESS }, ASSIGN_QUEUE_URL: { Ref: 'Queue' } },
  },
  { of: 'a secret that is elsewhere', given: { HUBSPOT_ACCESS_TOKEN: 'ssm:/set-owner-by-email/prod/access token' } },
  {
    of: 'what an app for many accounts does not read',
    given: { HUBSPOT_CLIENT_ID: 'client-1', HUBSPOT_PORTAL_ID: 'x' },
  },
])('A deployment is not stopped for $of', ({ given }) => {
  expect(() => checkValues(makeTemplate(given))).not.toThrow();
});

it('[C1] A deployment that names an account as one that never waits and as one that always does is stopped', () => {
  const given = { INLINE_PORTAL_IDS: '4000001,4000002', QUEUED_PORTAL_IDS: ' 4000002' };
  expect(() => checkValues(makeTemplate(given))).toThrow('QUEUED_PORTAL_IDS: names a portal of INLINE_PORTAL_IDS');
  expect(() => checkValues(makeTemplate({ ...given, QUEUED_PORTAL_IDS: '4000003' }))).not.toThrow();
});
