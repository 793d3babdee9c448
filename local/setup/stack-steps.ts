import { chooseInputs } from '../deploy/deploy-options.ts';
import { runDeploy } from '../deploy/run-deploy.ts';
import { readAccepted, type Settings, stackNameOf } from '../deploy/settings.ts';
import {
  done,
  givenAddress,
  outputOf,
  publicBaseUrl,
  requireStack,
  type Setup,
  type Step,
  settingsOf,
  skipped,
} from './setup-world.ts';

export const DEPLOY: Step = {
  title: 'Deploy to AWS',
  async run(setup) {
    const outcome = await deploy(setup, settingsOf(setup));
    return outcome === 'deployed' ? done(`runs at ${await publicBaseUrl(setup)}`) : skipped('the stack is as packaged');
  },
};

/** Without a domain the address exists only after this. HubSpot needs it before it gives the client ID of an OAuth app. */
export const DEPLOY_FOR_ADDRESS: Step = {
  title: 'Deploy to AWS, to get the address',
  async run(setup) {
    const stack = await setup.readStack(stackNameOf(setup.stage));
    const address = stack?.outputs.PublicBaseUrl;
    if (address !== undefined) return skipped(`the address is ${address}`);
    await deploy(setup, settingsOf(setup), true);
    return done(`the address is ${await publicBaseUrl(setup)}`);
  },
};

function deploy(setup: Setup, settings: Settings, withoutId = false) {
  const { projectDir, stage, environment, allowedLosses, replaceSecrets } = setup;
  const flags = { stage, region: undefined, params: {} };
  const { region, inputs } = chooseInputs(flags, settings, environment, readAccepted(projectDir));
  const target = { projectDir, stage, region, inputs };
  // Functions read their secrets when they start.
  const extent = replaceSecrets ? { force: true } : { onlyIfDifferent: true };
  return runDeploy({ ...target, ...extent, allowedLosses, withoutId }, setup);
}

/** A domain needs a DNS record, which you create elsewhere. */
export const REACH_ADDRESS: Step = {
  title: 'Reach the service at its address',
  async run(setup) {
    const settings = settingsOf(setup);
    const address = givenAddress(settings) ?? '';
    if (await isUp(setup, address)) return skipped(`${address}/health answers`);
    const stack = await requireStack(setup);
    const instruction = settings.PUBLIC_BASE_URL
      ? `Let ${address} lead to ${outputOf(stack, 'HttpApiUrl')}`
      : `Create a CNAME record: ${settings.DOMAIN_NAME} → ${outputOf(stack, 'DomainTarget')}`;
    setup.tell(instruction);
    while (setup.ask.isTerminal) {
      await setup.ask.line('Press Enter when it is there. DNS may take minutes');
      if (await isUp(setup, address)) return done(`${address}/health answers`);
    }
    throw new Error(`${address}/health does not answer yet. ${instruction}. Then run npm run setup again`);
  },
};

async function isUp({ fetch: fetchIt }: Setup, address: string): Promise<boolean> {
  try {
    const response = await fetchIt(`${address}/health`, { redirect: 'error', signal: AbortSignal.timeout(15_000) });
    return response.status === 200 && (await response.text()) === '{"status":"ok"}';
  } catch {
    // Whatever is in the way, the answer is what the address must lead to.
    return false;
  }
}
