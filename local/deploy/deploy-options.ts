import { SECRET_VARIABLES } from '../../lib/config/variables.ts';
import type { Command, Flag, Given } from '../command/command-line.ts';
import { checkParams } from './params.ts';
import { type Accepted, type Inputs, REGION, type Settings, settingsPath, toInputs } from './settings.ts';

export const DEPLOY_COMMAND = {
  script: 'deploy',
  does: 'Deploys a stage with the settings in deploy/<stage>.env. Stops before something would be lost that the stage has now, such as its domain.',
  flags: {
    stage: { type: 'string', value: 'NAME', means: 'default: prod' },
    region: { type: 'string', value: 'NAME', means: 'default: the one in the file, else eu-central-1' },
    param: {
      type: 'string',
      value: 'NAME=VALUE',
      means: 'a parameter of serverless.yml; may be repeated',
      several: true,
    },
    'allow-loss': {
      type: 'string',
      value: 'NAME',
      means: 'deploy although that is lost; may be repeated',
      several: true,
    },
    'dry-run': { type: 'boolean', means: 'print what would be lost and deploy nothing' },
    force: { type: 'boolean', means: 'deploy although nothing changed, which starts new containers' },
  },
  examples: ['npm run deploy -- --stage prod', 'npm run deploy -- --stage prod --dry-run'],
} as const satisfies Command<Readonly<Record<string, Flag>>>;

/** One account, or all that install the app. */
const IDENTITY = ['HUBSPOT_PORTAL_ID', 'HUBSPOT_CLIENT_ID'] as const;

export const DEFAULT_REGION = 'eu-central-1';
const STAGE = /^[a-zA-Z][a-zA-Z0-9-]*$/;
/** A function's name has the stage in it, and at most 64 characters. */
export const LONGEST_STAGE = 24;

export type Flags = {
  readonly stage: string;
  readonly region: string | undefined;
  readonly params: Settings;
  readonly allowedLosses: readonly string[];
  readonly dryRun: boolean;
  readonly force: boolean;
};

/** @throws naming the flag that is wrong */
export function readFlags({ flags }: Given<typeof DEPLOY_COMMAND.flags>): Flags {
  return {
    stage: checkStage(flags.stage ?? 'prod'),
    region: flags.region,
    params: readParams(flags.param ?? []),
    allowedLosses: flags['allow-loss'] ?? [],
    dryRun: flags['dry-run'] ?? false,
    force: flags.force ?? false,
  };
}

/** @throws */
export function checkStage(stage: string): string {
  if (stage === 'local') throw new Error('--stage local is the stack that npm start keeps up; choose another name');
  if (!STAGE.test(stage)) throw new Error('--stage must begin with a letter and have letters, digits and hyphens only');
  if (stage.length > LONGEST_STAGE)
    throw new Error(`--stage may have ${LONGEST_STAGE} characters at most, because the functions are named after it`);
  return stage;
}

/** @throws for a text that is not a pair, or is given twice */
export function readParams(given: readonly string[]): Settings {
  const params: Record<string, string> = {};
  for (const text of given) {
    const [, name = '', value = ''] = /^(.+?)=(.*)$/s.exec(text) ?? [];
    if (name === '') throw new Error('--param must be name=value');
    if (Object.hasOwn(params, name)) throw new Error(`--param ${name} is given twice`);
    params[name] = value;
  }
  return params;
}

/**
 * Combines file, flags and environment. The file comes before the environment, so that a forgotten variable in a shell does not
 * move a stage to another account or region.
 * @throws naming what is wrong: two regions, a secret, a parameter, a placeholder
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
  // An empty line means that there is none. A file that names an account or an app excludes the other.
  const hasIdentity = IDENTITY.some((name) => Boolean(settings[name]));
  const decided = new Set([
    ...Object.keys(settings),
    ...(hasIdentity ? IDENTITY : []),
    ...SECRET_VARIABLES,
    'AWS_REGION',
  ]);
  const fromShell = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      accepted.variables.has(entry[0]) && !decided.has(entry[0]) && Boolean(entry[1]),
  );
  const region = inFile || flags.region || environment.AWS_REGION || DEFAULT_REGION;
  if (!REGION.test(region)) throw new Error('AWS_REGION or --region: must be a region such as eu-central-1');
  const given = { ...Object.fromEntries(fromShell), ...inputs.environment };
  refuseUnfilled({ ...given, ...inputs.params, ...flags.params });
  return {
    region,
    inputs: {
      environment: given,
      params: checkParams({ ...inputs.params, ...flags.params }, accepted.params, region),
    },
  };
}

/** Placeholders that nothing replaces. CloudFormation's own placeholders look the same, so this check comes before them. */
function refuseUnfilled(values: Settings): void {
  const names = Object.entries(values).flatMap(([name, value]) => (value.includes('${') ? [name] : []));
  if (names.length > 0) throw new Error(`${names.join(', ')}: nothing fills in "\${"; write the value itself`);
}
