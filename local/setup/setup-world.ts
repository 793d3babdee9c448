import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import type { DeployedStack, HasTable, ReadCodeHash, ReadStack } from '../deploy/deployed-stack.ts';
import { readSettings, type Settings, stackNameOf } from '../deploy/settings.ts';
import type { RunProgram } from '../run-program.ts';
import type { Ask } from './ask.ts';
import type { OwnerRefresh } from './owner-refresh.ts';
import type { Parameters } from './parameters.ts';

/** One stage that is being set up, and everything that setup may use. */
export type Setup = {
  readonly projectDir: string;
  readonly stage: string;
  readonly replaceSecrets: boolean;
  readonly allowedLosses: readonly string[];
  readonly run: RunProgram;
  readonly ask: Ask;
  readonly tell: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readStack: ReadStack;
  readonly hasTable?: HasTable;
  readonly readCodeHash?: ReadCodeHash;
  readonly parameters: Parameters;
  readonly refresh: OwnerRefresh;
  readonly fetch: typeof fetch;
};

/** The result of a step, in words. */
export type StepResult = { readonly verdict: 'done' | 'skipped'; readonly detail: string };
export type Step = {
  readonly title: string;
  /** @throws with what to do before setup is run again */
  readonly run: (setup: Setup) => Promise<StepResult>;
};

export const done = (detail: string): StepResult => ({ verdict: 'done', detail });
export const skipped = (detail: string): StepResult => ({ verdict: 'skipped', detail });

/** Read by each step, because the steps before it add to them. */
export function settingsOf({ projectDir, stage }: Setup): Settings {
  return readSettings(projectDir, stage) ?? {};
}

/** The address in the settings; undefined if AWS assigns it. */
export function givenAddress({ PUBLIC_BASE_URL, DOMAIN_NAME }: Settings): string | undefined {
  if (PUBLIC_BASE_URL) return normalizeBaseUrl(PUBLIC_BASE_URL);
  return DOMAIN_NAME ? `https://${DOMAIN_NAME}` : undefined;
}

/** @throws when the stack does not exist, or lacks an output */
export async function requireStack(setup: Setup): Promise<DeployedStack> {
  const stackName = stackNameOf(setup.stage);
  const stack = await setup.readStack(stackName);
  if (stack === undefined) throw new Error(`stack ${stackName} does not exist`);
  return stack;
}

export function outputOf({ outputs }: DeployedStack, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack has no output ${name}; run npm run deploy`);
  return value;
}

export async function publicBaseUrl(setup: Setup): Promise<string> {
  return givenAddress(settingsOf(setup)) ?? outputOf(await requireStack(setup), 'PublicBaseUrl');
}
