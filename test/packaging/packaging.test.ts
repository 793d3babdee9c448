import { describeAlarms } from './describe-alarms.ts';
import { describeBundles } from './describe-bundles.ts';
import { describeDashboard } from './describe-dashboard.ts';
import { describeEnvironment } from './describe-environment.ts';
import { describePermissions } from './describe-permissions.ts';
import { describePolicies } from './describe-policies.ts';
import { describeRaisedAlarms } from './describe-raised-alarms.ts';
import { describeResources } from './describe-resources.ts';
import { describeTransport } from './describe-transport.ts';
import { type Packages, packageService, removePackage } from './service-package.ts';
import { functionsOf, resourcesOf } from './template.ts';

/** Everything that a deployment may ask for. */
const EVERYTHING = [
  'domainName=owner.example.com',
  'certificateArn=arn:aws:acm:eu-central-1:111111111111:certificate/any',
  'actionConcurrency=50',
  'alarmEmail=ops@example.com',
  'digestTopicArn=arn:aws:sns:eu-central-1:111111111111:digest',
  'digestPageUrl=https://app.hubspot.com/any/{portalId}/page?account={portalId}&tab=settings#top',
  'logRetentionDays=90',
];

/** In the order of serverless.yml. */
const FUNCTIONS = [
  'setOwnerByEmail',
  'findOwnerByEmail',
  'listOwnerProperties',
  'assignOwners',
  'failStranded',
  'scheduleOwnerRefresh',
  'refreshOwners',
  'portalPage',
  'setSuccessor',
  'handOver',
  'setAlias',
  'explainOwner',
  'resolveOwners',
  'forgetPortal',
  'startInstall',
  'finishInstall',
  'health',
];

let made: Packages;
const packages = () => made;

/** The second one makes its own bundles, because tests compare the two. */
const FROM_THE_SOURCES = { TEST_BUNDLES_FOLDER: '' };

beforeAll(async () => {
  const plain = await packageService('check', { HUBSPOT_PORTAL_ID: '1' });
  const full = await packageService('other', { HUBSPOT_CLIENT_ID: 'any', ...FROM_THE_SOURCES }, EVERYTHING);
  made = { plain, full };
}, 300_000);

afterAll(async () => {
  await Promise.all(Object.values(made).map(removePackage));
});

it('The package contains one function per handler, for arm64 and Node 24', () => {
  const functions = [...functionsOf(made.plain.evaluated)].map(([name, { Handler, Runtime, Architectures }]) => ({
    name,
    Handler,
    Runtime,
    Architectures,
  }));
  expect(functions).toEqual(
    FUNCTIONS.map((name) => ({
      name,
      Handler: `functions/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.handler`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    })),
  );
});

it('The API serves the routes that HubSpot is given', () => {
  const routes = resourcesOf<{ RouteKey: string }>(made.plain.evaluated, 'AWS::ApiGatewayV2::Route').values();
  expect([...routes].map(({ RouteKey }) => RouteKey).sort()).toEqual([
    'DELETE /portal/aliases/{aliasId}',
    'DELETE /portal/handovers/nightly/{leaverOwnerId}',
    'DELETE /portal/successors/{leaverOwnerId}',
    'GET /health',
    'GET /oauth/callback',
    'GET /oauth/connected',
    'GET /oauth/install',
    'PATCH /portal/aliases',
    'PATCH /portal/changes',
    'PATCH /portal/handovers',
    'PATCH /portal/overview',
    'PATCH /portal/people',
    'PATCH /portal/unresolved',
    'POST /actions/find-owner-by-email',
    'POST /actions/set-owner-by-email',
    'POST /options/owner-properties',
    'PUT /portal/aliases',
    'PUT /portal/handovers',
    'PUT /portal/handovers/nightly/{leaverOwnerId}',
    'PUT /portal/handovers/{handoverId}/start',
    'PUT /portal/handovers/{handoverId}/stop',
    'PUT /portal/handovers/{handoverId}/undo',
    'PUT /portal/lookup',
    'PUT /portal/refresh',
    'PUT /portal/successors/{leaverOwnerId}',
  ]);
});

describe('Permissions', () => describePermissions(packages));
describe('Policies', () => describePolicies(packages));
describe('Environment', () => describeEnvironment(packages));
describe('Resources', () => describeResources(packages));
describe('Transport', () => describeTransport(packages));
describe('Alarms', () => describeAlarms(packages));
describe('Alarms in CloudWatch', () => describeRaisedAlarms(packages));
describe('Dashboard', () => describeDashboard(packages));
describe('Bundles', () => describeBundles(packages, FUNCTIONS));
