import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommand } from '../../../local/command/command-line.ts';
import { chooseInputs, DEPLOY_COMMAND, readFlags } from '../../../local/deploy/deploy-options.ts';

/** @throws what a person reads */
function read(...args: readonly string[]) {
  const parsed = parseCommand(DEPLOY_COMMAND, args);
  if (parsed.kind !== 'run') throw new Error(parsed.text);
  return readFlags(parsed);
}

import { packageStack } from '../../../local/deploy/serverless-cli.ts';
import {
  readAccepted,
  readSettings,
  stackNameOf,
  toInputs,
  withSettings,
  writeSettings,
} from '../../../local/deploy/settings.ts';
import { listFunctionNames } from '../../../local/doctor/deployment.ts';
import { runProgram } from '../../../local/run-program.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

const accepted = readAccepted(PROJECT_DIR);
const flags = { stage: 'prod', region: undefined, params: {} };

it('Settings are sorted into variables and parameters by what the templates read', () => {
  const inputs = toInputs({ HUBSPOT_PORTAL_ID: '1', DOMAIN_NAME: 'owner.example.com', SETUP_AUTH: 'static' }, accepted);

  expect(inputs).toEqual({
    environment: { HUBSPOT_PORTAL_ID: '1' },
    params: { domainName: 'owner.example.com' },
  });
});

it.each([
  { why: 'that no template reads', settings: { DOMAIN: 'owner.example.com' }, error: /DOMAIN: no template/ },
  { why: 'that is a secret', settings: { HUBSPOT_CLIENT_SECRET: 'any' }, error: /secret must not be in this file/ },
])('A setting is refused $why', ({ settings, error }) => {
  expect(() => toInputs(settings, accepted)).toThrow(error);
});

it('A changed setting leaves comments and added lines of the file in place', () => {
  const before = '# ours\nLOG_LEVEL=DEBUG\nALARM_EMAIL=old@example.com\n';

  expect(withSettings(before, { ALARM_EMAIL: 'ops@example.com', DOMAIN_NAME: '' })).toBe(
    '# ours\nLOG_LEVEL=DEBUG\nALARM_EMAIL=ops@example.com\nDOMAIN_NAME=\n',
  );
});

it('A setting with a value that would begin another line is refused', () => {
  expect(() => withSettings('', { ALARM_EMAIL: 'ops@example.com\nHUBSPOT_PORTAL_ID=1' })).toThrow(/one line/);
});

it('Settings are read as they were written, and an unchanged file is not written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  const settings = { SETUP_SUPPORT_URL: 'https://example.com/help?a=b#c', DOMAIN_NAME: '' };

  expect([writeSettings(folder, 'prod', settings), writeSettings(folder, 'prod', settings)]).toEqual([true, false]);
  expect(readSettings(folder, 'prod')).toEqual(settings);
  expect(readFileSync(join(folder, 'deploy/prod.env'), 'utf8')).toMatch(/^# Stage prod\. No secrets/);
  rmSync(folder, { recursive: true });
});

it('The address of the settings page reaches the deployment whole, as the guide writes it into the settings file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  mkdirSync(join(folder, 'deploy'));
  const pageUrl = 'https://app.hubspot.com/any/{portalId}/page?account={portalId}&tab=settings#top';
  writeFileSync(join(folder, 'deploy/prod.env'), `DIGEST_PAGE_URL="${pageUrl}"\n`);

  expect(toInputs(readSettings(folder, 'prod') ?? {}, accepted).params).toEqual({ digestPageUrl: pageUrl });
  rmSync(folder, { recursive: true });
});

it('A deployment uses the region and account of the settings file, whatever the shell holds', () => {
  const file = { AWS_REGION: 'eu-central-1', HUBSPOT_PORTAL_ID: '1' };
  const shell = { AWS_REGION: 'us-east-1', HUBSPOT_PORTAL_ID: '2', LOG_LEVEL: 'DEBUG', HUBSPOT_CLIENT_SECRET: 'any' };

  const { region, inputs } = chooseInputs(flags, file, shell, accepted);

  expect(region).toBe('eu-central-1');
  expect(inputs.environment).toEqual({ HUBSPOT_PORTAL_ID: '1', LOG_LEVEL: 'DEBUG' });
});

it.each([
  { from: 'the file', file: { CLIENT_SECRET: 'secret-test' }, params: {}, error: /^clientSecret: must be ssm:/ },
  { from: 'the file', file: { ACCESS_TOKEN: 'pat-test' }, params: {}, error: /^accessToken: must be ssm:/ },
  {
    from: 'a flag',
    file: {},
    params: { clientSecretPrevious: 'secret-test' },
    error: /^clientSecretPrevious: must be/,
  },
  { from: 'a flag', file: {}, params: { localTokenKey: 'key-test' }, error: /^localTokenKey: must be ssm:/ },
])('A secret in $from is refused and not repeated, because CloudFormation would show it', ({ file, params, error }) => {
  const choose = () => chooseInputs({ ...flags, params }, file, {}, accepted);
  expect(choose).toThrow(error);
  expect(choose).not.toThrow(/-test/);
});

it('The location of a secret in SSM is accepted in the settings file and as a flag', () => {
  const place = 'ssm:/set-owner-by-email/prod/hubspot-client-secret-previous';
  for (const [file, params] of [
    [{ CLIENT_SECRET_PREVIOUS: place }, {}],
    [{ CLIENT_SECRET_PREVIOUS: '' }, { clientSecretPrevious: place }],
  ] as const) {
    expect(chooseInputs({ ...flags, params }, file, {}, accepted).inputs.params).toEqual({
      clientSecretPrevious: place,
    });
  }
});

it('A region that is not the stage’s is refused, because it would create a second stack', () => {
  const file = { AWS_REGION: 'eu-central-1' };

  expect(() => chooseInputs({ ...flags, region: 'us-east-1' }, file, {}, accepted)).toThrow(/says eu-central-1/);
});

/** @throws what a person reads of such a file */
function readFile(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  try {
    mkdirSync(join(folder, 'deploy'));
    writeFileSync(join(folder, 'deploy/prod.env'), text);
    return readSettings(folder, 'prod');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.each([
  ['LOG_LEVEL=DEBUG\n\nLOG_LEVEL=INFO', 'line 3: LOG_LEVEL is given twice; keep one of the lines'],
  ['LOG_LEVEL = DEBUG\nexport LOG_LEVEL=INFO', 'line 2: LOG_LEVEL is given twice; keep one of the lines'],
  ['LOG_LEVEL DEBUG', 'line 1: must be NAME=value, or begin with # for a comment'],
  ['# ours\r\nLOG_LEVEL: DEBUG\r\n', 'line 2: must be NAME=value, or begin with # for a comment'],
  [
    'DIGEST_PAGE_URL=https://app.hubspot.com/any#top',
    'line 1: put the whole value of DIGEST_PAGE_URL between double quotes, on one line',
  ],
  ['LOG_LEVEL="DEBUG\nDOMAIN_NAME="a"', 'line 1: put the whole value of LOG_LEVEL between double quotes, on one line'],
  ['LOG_LEVEL="DEBUG" INFO', 'line 1: put the whole value of LOG_LEVEL between double quotes, on one line'],
])('A line that could be read in two ways is refused with its number: %j', (text, problem) => {
  expect(() => readFile(text)).toThrow(`deploy/prod.env, ${problem}`);
});

it('Blanks, quotes, comments and line ends of any system do not change a value', () => {
  const text = ' export A = 1 \r\nB="2 # 2" # ours\rC=\'3\'\nD=4 # ours\nE=\n#F=6\nG=a=b';
  expect(readFile(text)).toEqual({ A: '1', B: '2 # 2', C: '3', D: '4', E: '', G: 'a=b' });
});

it('A setting that somebody wrote with blanks or export is changed in its place', () => {
  expect(withSettings('export LOG_LEVEL = DEBUG\n', { LOG_LEVEL: 'WARN' })).toBe('LOG_LEVEL=WARN\n');
});

const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/any';
it.each([
  [{ alarmEmial: 'ops@acme.test' }, 'alarmEmial: no template reads this parameter. Did you mean alarmEmail?'],
  [{ alarmEmail: 'ops' }, 'alarmEmail: must be an email address'],
  [{ alarmTopicArn: 'arn:aws:sqs:eu-central-1:123456789012:any' }, 'alarmTopicArn: must be the ARN of an SNS topic'],
  [{ throttleRate: 'abc' }, 'throttleRate: must be a whole number, 1 or more'],
  [{ throttleBurst: '' }, 'throttleBurst: must be a whole number, 1 or more'],
  [{ actionConcurrency: '0' }, 'actionConcurrency: must be a whole number, 1 or more'],
  [{ logRetentionDays: '8' }, 'logRetentionDays: must be one of 1, 3, 5'],
  [{ domainName: 'https://owner.acme.test', certificateArn: CERTIFICATE }, 'domainName: must be a host name'],
  [{ domainName: 'owner.acme.test' }, 'certificateArn: is missing; domainName needs it'],
  [
    { domainName: 'owner.acme.test', certificateArn: CERTIFICATE.replace('eu-central-1', 'us-east-1') },
    'certificateArn: must be in eu-central-1; this certificate is in us-east-1',
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a person wrote it.
  [{ domainName: '${DOMAIN}' }, 'domainName: nothing fills in "${"; write the value itself'],
])('A deployment with the parameters %j is refused before anything is packaged', (params, problem) => {
  expect(() => chooseInputs({ ...flags, params }, {}, {}, accepted)).toThrow(problem);
});

it('A domain is deployed in the form that HubSpot and AWS use', () => {
  const params = { domainName: ' Owner.Acme.test ', certificateArn: CERTIFICATE, throttleRate: '500' };
  expect(chooseInputs({ ...flags, params }, {}, {}, accepted).inputs.params).toEqual({
    ...params,
    domainName: 'owner.acme.test',
  });
});

it.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a person wrote it.
  [{ PUBLIC_BASE_URL: 'https://${DOMAIN}' }, 'PUBLIC_BASE_URL: nothing fills in "${"; write the value itself'],
  [{ AWS_REGION: 'eu-central' }, 'AWS_REGION or --region: must be a region such as eu-central-1'],
  [{ domain_name: 'owner.acme.test' }, 'domain_name: no template reads this setting'],
])('A deployment with the settings %j is refused before anything is packaged', (file, problem) => {
  expect(() => chooseInputs(flags, file, {}, accepted)).toThrow(problem);
});

it.each([
  { args: ['--param', 'a=b', '--param', 'a=c'], error: /--param a is given twice/ },
  { args: ['--stage', 'local'], error: /npm start keeps up/ },
  { args: ['--stage', '../prod'], error: /begin with a letter/ },
  { args: ['--param', 'domainName'], error: /name=value/ },
  { args: ['--allow-los', 'CustomDomain'], error: /Unknown option/ },
])('A deployment refuses the flags $args', ({ args, error }) => {
  expect(() => read(...args)).toThrow(error);
});

it('Parameters and allowed losses are given by repeated flags', () => {
  const flags = read('--param', 'a=b=c', '--param', 'd=e', '--allow-loss', 'One', '--allow-loss', 'Two');

  expect(flags).toMatchObject({ stage: 'prod', params: { a: 'b=c', d: 'e' }, allowedLosses: ['One', 'Two'] });
});

it('The longest stage that a deployment takes leaves every function a name of 64 characters at most', () => {
  const longest = 's'.repeat(24);
  expect(read('--stage', longest)).toMatchObject({ stage: longest });
  expect(() => read('--stage', `${longest}s`)).toThrow('--stage may have 24 characters at most');
  const names = listFunctionNames(PROJECT_DIR).map((name) => `${stackNameOf(longest)}-${name}`);
  expect(names.filter((name) => name.length > 64)).toEqual([]);
});

it.each([
  { name: 'an empty line', file: { PUBLIC_BASE_URL: '' }, shell: { PUBLIC_BASE_URL: 'https://tunnel.acme.test' } },
  { name: 'one account', file: { HUBSPOT_PORTAL_ID: '1' }, shell: { HUBSPOT_CLIENT_ID: 'local-app' } },
  { name: 'an app', file: { HUBSPOT_CLIENT_ID: 'client-1' }, shell: { HUBSPOT_PORTAL_ID: '2' } },
])('A deployment takes nothing from the shell that $name of the settings file excludes', ({ file, shell }) => {
  const given = Object.fromEntries(Object.entries(file).filter(([, value]) => value !== ''));
  expect(chooseInputs(flags, file, { ...shell, LOG_LEVEL: 'DEBUG' }, accepted).inputs.environment).toEqual({
    ...given,
    LOG_LEVEL: 'DEBUG',
  });
});

it('The Serverless CLI gets no setting that was not chosen, not even an empty one of the shell', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  for (const made of ['infra', 'node_modules/serverless/bin']) mkdirSync(join(folder, made), { recursive: true });
  writeFileSync(join(folder, 'serverless.yml'), 'env:PUBLIC_BASE_URL env:HUBSPOT_CLIENT_ID env:LOG_LEVEL');
  const packs = `const folder = process.argv[process.argv.indexOf('--package') + 1];
    const { PUBLIC_BASE_URL, HUBSPOT_CLIENT_ID, LOG_LEVEL } = process.env;
    const Resources = { PUBLIC_BASE_URL, HUBSPOT_CLIENT_ID, LOG_LEVEL };
    require('node:fs').mkdirSync(folder, { recursive: true });
    require('node:fs').writeFileSync(folder + '/cloudformation-template-update-stack.json', JSON.stringify({ Resources }));`;
  writeFileSync(join(folder, 'node_modules/serverless/bin/serverless.js'), packs);
  const before = { ...process.env };
  Object.assign(process.env, { PUBLIC_BASE_URL: '', HUBSPOT_CLIENT_ID: 'local-app', LOG_LEVEL: 'WARN' });
  try {
    const inputs = { environment: { LOG_LEVEL: 'DEBUG' }, params: {} };
    const target = { projectDir: folder, stage: 'prod', region: 'eu-central-1', inputs };
    expect((await packageStack(runProgram, target)).Resources).toEqual({ LOG_LEVEL: 'DEBUG' });
  } finally {
    process.env = before;
    rmSync(folder, { recursive: true });
  }
});
