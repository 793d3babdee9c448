import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import type { Settings } from '../deploy/settings.ts';
import { readSettings, settingsPath, stackNameOf, writeSettings } from '../deploy/settings.ts';
import { planSteps } from './plan.ts';
import { givenAddress, type Setup } from './setup-world.ts';

/** What the dry run prints. */
export function describePlan(stage: string, settings: Settings, replaceSecrets = false): readonly string[] {
  const shown = Object.entries(settings).filter(([, value]) => value !== '');
  return [
    `Stage ${stage}. ${settingsPath(stage)} would hold:`,
    ...shown.map(([name, value]) => `  ${name}=${value}`),
    'Steps, of which what is done is skipped:',
    ...planSteps(settings, replaceSecrets).map(({ title }, index) => `  ${index + 1}. ${title}`),
  ];
}

/**
 * Stores the settings and runs one step after the other. A step that is already done says so.
 * @throws with what to do; the next run continues where this one stopped
 */
export async function runSetup(setup: Setup, settings: Settings): Promise<void> {
  const { projectDir, stage } = setup;
  // The answers of a first setup are kept, even if AWS cannot be asked.
  const isNew = readSettings(projectDir, stage) === undefined && writeSettings(projectDir, stage, settings);
  await refuseOtherAddress(setup, settings);
  const isChanged = writeSettings(projectDir, stage, settings) || isNew;
  setup.tell(`${settingsPath(stage)} ${isChanged ? 'holds the settings of the stage' : 'is up to date'}`);
  const steps = planSteps(settings, setup.replaceSecrets);
  for (const [index, { title, run }] of steps.entries()) {
    setup.tell(`\n${index + 1}/${steps.length} ${title}`);
    const { verdict, detail } = await run(setup);
    setup.tell(`${verdict === 'done' ? '✓' : '– skipped:'} ${detail}`);
  }
  setup.tell('\nSet up. In HubSpot, add the step “Set owner by email” to a workflow and enroll one record');
}

/** These losses say that the address may change. */
const NEW_ADDRESS = ['PUBLIC_BASE_URL', 'CustomDomain'];

/**
 * Before anything is written: with the new project, HubSpot would send executions to an address that the deployment, some steps
 * later, may refuse.
 */
async function refuseOtherAddress({ stage, allowedLosses, readStack }: Setup, settings: Settings): Promise<void> {
  const address = givenAddress(settings);
  const present = address && (await readStack(stackNameOf(stage)))?.outputs.PublicBaseUrl;
  const isSame = present === undefined || present === '' || normalizeBaseUrl(present) === address;
  if (isSame || NEW_ADDRESS.some((name) => allowedLosses.includes(name))) return;
  throw new Error(
    `PUBLIC_BASE_URL: is ${present} now and would be ${address}. HubSpot and workflows know the present address. If the change is meant, add --allow-loss PUBLIC_BASE_URL`,
  );
}
