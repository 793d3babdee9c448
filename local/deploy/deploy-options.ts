import { parseArgs } from 'node:util';
import { SECRET_VARIABLES } from '../../lib/config/variables.ts';
import { type Accepted, type Inputs, type Settings, settingsPath, toInputs } from './settings.ts';

export const USAGE = `usage: npm run deploy -- [--stage prod] [--region eu-central-1] [--param "name=value"] [--allow-loss NAME] [--dry-run] [--force]

Deploys a stage with the settings in deploy/<stage>.env. Stops before something would be lost that the
stage has now, such as its domain. --param and --allow-loss may be repeated. --force deploys although nothing
changed, which starts new containers.`;

const DEFAULT_REGION = 'eu-central-1';
const STAGE = /^[a-zA-Z][a-zA-Z0-9-]{0,30}$/;

export type Flags = {
  readonly help: boolean;
  readonly stage: string;
  readonly region: string | undefined;
  readonly params: Settings;
  readonly allowedLosses: readonly string[];
  readonly dryRun: boolean;
  readonly force: boolean;
};

/** @throws naming the flag that is wrong */
export function readFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean' },
      stage: { type: 'string' },
      region: { type: 'string' },
      param: { type: 'string', multiple: true },
      'allow-loss': { type: 'string', multiple: true },
      'dry-run': { type: 'boolean' },
      force: { type: 'boolean' },
    },
  });
  return {
    help: values.help ?? false,
    stage: checkStage(values.stage ?? 'prod'),
    region: values.region,
    params: Object.fromEntries((values.param ?? []).map(toParam)),
    allowedLosses: values['allow-loss'] ?? [],
    dryRun: values['dry-run'] ?? false,
    force: values.force ?? false,
  };
}

/** @throws */
export function checkStage(stage: string): string {
  if (stage === 'local') throw new Error('--stage local is the stack that npm start keeps up; choose another name');
  if (!STAGE.test(stage)) throw new Error('--stage must begin with a letter and have letters, digits and hyphens only');
  return stage;
}

function toParam(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new Error('--param must be name=value');
  return [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Puts file, flags and environment together. The file counts more than the environment, so that a forgotten variable in a
 * shell does not move a stage to another account or region.
 * @throws when the file and a flag name two regions
 */
export function chooseInputs(
  flags: Pick<Flags, 'stage' | 'region' | 'params'>,
  file: Settings | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  accepted: Accepted,
): { readonly region: string; readonly inputs: Inputs } {
  const { AWS_REGION: inFile, ...settings } = file ?? {};
  if (inFile && flags.region !== undefined && inFile !== flags.region) {
    throw new Error(
      `--region ${flags.region}: ${settingsPath(flags.stage)} says ${inFile}. A stage stays in its region`,
    );
  }
  const inputs = toInputs(settings, accepted);
  const secrets: readonly string[] = SECRET_VARIABLES;
  const fromShell = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      accepted.variables.has(entry[0]) && !secrets.includes(entry[0]) && entry[0] !== 'AWS_REGION' && Boolean(entry[1]),
  );
  return {
    region: inFile || flags.region || environment.AWS_REGION || DEFAULT_REGION,
    inputs: {
      environment: { ...Object.fromEntries(fromShell), ...inputs.environment },
      params: { ...inputs.params, ...flags.params },
    },
  };
}
