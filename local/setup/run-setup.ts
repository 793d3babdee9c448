import type { Settings } from '../deploy/settings.ts';
import { settingsPath, writeSettings } from '../deploy/settings.ts';
import { planSteps } from './plan.ts';
import type { Setup } from './setup-world.ts';

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
  const isChanged = writeSettings(setup.projectDir, setup.stage, settings);
  setup.tell(`${settingsPath(setup.stage)} ${isChanged ? 'holds the settings of the stage' : 'is up to date'}`);
  const steps = planSteps(settings, setup.replaceSecrets);
  for (const [index, { title, run }] of steps.entries()) {
    setup.tell(`\n${index + 1}/${steps.length} ${title}`);
    const { verdict, detail } = await run(setup);
    setup.tell(`${verdict === 'done' ? '✓' : '– skipped:'} ${detail}`);
  }
  setup.tell('\nSet up. In HubSpot, add the step “Set owner by email” to a workflow and enroll one record');
}
