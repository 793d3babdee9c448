import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseInputs } from '../../../local/deploy/deploy-options.ts';
import { createReadCodeHash, createReadStack } from '../../../local/deploy/deployed-stack.ts';
import { runDeploy } from '../../../local/deploy/run-deploy.ts';
import { packageFolder } from '../../../local/deploy/serverless-cli.ts';
import { readAccepted, type Settings } from '../../../local/deploy/settings.ts';
import type { RunProgram } from '../../../local/run-program.ts';
import { evaluate, functionsOf } from '../../packaging/template.ts';
import { BASE, DOMAIN, makeSetupDesk, REGION, type SetupDesk, STAGE } from './setup-desk.ts';

/** Packaging is another program. */
jest.setTimeout(600_000);

let desk: SetupDesk;
let before: Settings;
beforeAll(async () => {
  desk = await makeSetupDesk();
  await desk.setup({ ...BASE, ...DOMAIN, auth: 'static' }, { answer: () => 'any', hasDnsRecord: true });
  before = {
    ...desk.settings(),
    CLIENT_SECRET_PREVIOUS: 'ssm:/set-owner-by-email/prod/hubspot-client-secret-previous',
  };
  await deploy(before);
});
afterAll(() => desk.close());
beforeEach(() => {
  desk.programs.length = 0;
});

async function deploy(settings: Settings, allowedLosses: readonly string[] = []) {
  const flags = { stage: STAGE, region: undefined, params: {} };
  const { inputs } = chooseInputs(flags, settings, {}, readAccepted(desk.projectDir));
  const target = { projectDir: desk.projectDir, stage: STAGE, region: REGION, inputs, allowedLosses };
  return runDeploy(target, { run: desk.run, readStack: createReadStack(REGION), tell: (line) => desk.told.push(line) });
}

it.each([
  { forgotten: 'DOMAIN_NAME', lost: /CustomDomain: "owner\.acme\.test" .* deletes ApiDomain, ApiDomainMapping/ },
  { forgotten: 'ALARM_EMAIL', lost: /AlarmsGoToEmail: "ops@example\.com" .* AlarmEmailSubscription/ },
  { forgotten: 'CLIENT_SECRET_PREVIOUS', lost: /HUBSPOT_CLIENT_SECRET_PREVIOUS: is ssm:/ },
])('A redeployment without $forgotten stops and lists what would be lost', async ({ forgotten, lost }) => {
  await expect(deploy({ ...before, [forgotten]: '' })).rejects.toThrow(lost);
  expect(desk.programs).toEqual([]);
});

it('A redeployment without an ID does not even package', async () => {
  await expect(deploy({ ...before, HUBSPOT_PORTAL_ID: '' })).rejects.toThrow(
    /HUBSPOT_PORTAL_ID or HUBSPOT_CLIENT_ID is missing/,
  );
  expect(desk.programs).toEqual([]);
});

it.each([
  {
    change: 'of another account',
    with: { HUBSPOT_PORTAL_ID: '4000002' },
    lost: /HUBSPOT_PORTAL_ID: is 4000001 now and would be 4000002/,
  },
  {
    change: 'to OAuth',
    with: { HUBSPOT_CLIENT_ID: 'client-1' },
    lost: /HUBSPOT_PORTAL_ID: is 4000001 now and would be empty/,
  },
])('A redeployment $change stops', async ({ with: changed, lost }) => {
  await expect(deploy({ ...before, ...changed })).rejects.toThrow(lost);
  expect(desk.programs).toEqual([]);
});

it('[C1] A redeployment with values that functions would not start with stops, and says what they must be', async () => {
  const changed = { PUBLIC_BASE_URL: 'https://edge.acme.test/', DOMAIN_NAME: '', DIGEST_ADDRESSES: 'True' };

  await expect(deploy({ ...before, ...changed })).rejects.toThrow(
    /PUBLIC_BASE_URL: must be an https URL without a trailing slash.*\nDIGEST_ADDRESSES: must be true or false/,
  );
  expect(desk.programs).toEqual([]);
});

it.each(['UPDATE_IN_PROGRESS', 'ROLLBACK_COMPLETE'])('A stack that is %s is left alone', async (status) => {
  desk.aws.cloudFormation.setStatus('set-owner-by-email-prod', status);
  await expect(deploy(before)).rejects.toThrow(status);
  desk.aws.cloudFormation.setStatus('set-owner-by-email-prod', 'UPDATE_COMPLETE');
  expect(desk.programs).toEqual([]);
});

it('An allowed loss is deployed, and the next deployment needs no permission', async () => {
  const without = { ...before, CLIENT_SECRET_PREVIOUS: '' };

  await deploy(without, ['HUBSPOT_CLIENT_SECRET_PREVIOUS']);
  await deploy(without);

  expect(desk.programs).toEqual(['deploy prod', 'deploy prod']);
});

describe('A setup that runs again', () => {
  const given = { ...BASE, ...DOMAIN, auth: 'static' };
  /** Packages of functions with this code, which no template shows. */
  const packaging =
    (codeOf: (name: string) => string): RunProgram =>
    async (program) => {
      const ended = await desk.run(program);
      if (program.args[1] !== 'package') return ended;
      const folder = packageFolder(desk.projectDir, STAGE);
      for (const name of namesOfFunctions()) writeFileSync(join(folder, `${name}.zip`), codeOf(name));
      return ended;
    };
  const namesOfFunctions = () => [...functionsOf(evaluate(desk.deployed() ?? { Resources: {}, Outputs: {} })).keys()];
  const setup = (codeOf: (name: string) => string) =>
    desk.setup(
      given,
      { answer: () => 'any', hasDnsRecord: true },
      { run: packaging(codeOf), readCodeHash: createReadCodeHash(REGION) },
    );

  beforeEach(async () => {
    await desk.setup(given, { answer: () => 'any', hasDnsRecord: true });
    for (const name of namesOfFunctions()) {
      desk.aws.packages.set(`set-owner-by-email-prod-${name}`, `code of ${name}`);
    }
    desk.programs.length = 0;
  });

  it('A setup deploys nothing if the functions run the packaged code', async () => {
    await setup((name) => `code of ${name}`);
    expect(desk.programs).not.toContain('deploy prod');
  });

  it('A setup deploys the newer code of a function, although the template stays the same', async () => {
    await setup((name) => (name === 'setOwnerByEmail' ? 'newer code' : `code of ${name}`));
    expect(desk.programs).toContain('deploy prod');
  });

  it('A setup deploys if Lambda does not say what a function runs', async () => {
    desk.aws.packages.delete('set-owner-by-email-prod-health');
    await setup((name) => `code of ${name}`);
    expect(desk.programs).toContain('deploy prod');
  });
});
