import * as loaders from '../../lib/config/load-config.ts';
import { isSecretReference, type ReadSecrets } from '../../lib/config/secrets.ts';
import { SECRET_VARIABLES } from '../../lib/config/variables.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { type Finding, good, wrong } from './finding.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
type Load = (environment: Environment, readSecrets: ReadSecrets) => Promise<unknown>;

/** Every group of functions reads its variables with one of these. A new one is checked without a change here. */
const LOADERS: Readonly<Record<string, Load>> = loaders;
/** With a static token, it has nothing to read. */
const FOR_INSTALLS: Load = loaders.loadInstallConfig;

const PREFIX = 'Configuration is wrong. ';

/** The errors that the functions would report at their start. `environment` contains secrets, not references. */
export async function checkVariables(environment: Environment): Promise<readonly Finding[]> {
  const families = Object.values(LOADERS).filter(
    (load) => load !== FOR_INSTALLS || Boolean(environment.HUBSPOT_CLIENT_ID),
  );
  const problems = new Set<string>();
  for (const load of families) for (const problem of await problemsOf(load, environment)) problems.add(problem);
  if (problems.size === 0) return [good('variables', `${families.length} families of functions can start with them`)];
  return [...problems].map((problem) => {
    const [name = '', ...rule] = problem.split(': ');
    return wrong(name, rule.join(': '));
  });
}

async function problemsOf(load: Load, environment: Environment): Promise<readonly string[]> {
  try {
    await load(environment, async () => ({}));
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message.replace(PREFIX, '').split('; ').reduce(joinRules, []);
  }
}

/** A rule may contain a semicolon; only a part that begins with a variable's name begins a problem. */
function joinRules(problems: readonly string[], part: string): readonly string[] {
  const last = problems.at(-1);
  if (last === undefined || /^[A-Z][A-Z0-9_]+: /.test(part)) return [...problems, part];
  return [...problems.slice(0, -1), `${last}; ${part}`];
}

/** Reads SecureStrings by name; names that do not exist are missing from the answer. */
export type ReadParameters = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export type ResolvedSecrets = { readonly environment: Environment; readonly findings: readonly Finding[] };

/** Replaces references to SSM parameters by the secrets. A secret that cannot be read is absent afterwards. */
export async function resolveSecrets(environment: Environment, read: ReadParameters): Promise<ResolvedSecrets> {
  const isUsed = (variable: string) => variable !== 'HUBSPOT_ACCESS_TOKEN' || !environment.HUBSPOT_CLIENT_ID;
  const references = SECRET_VARIABLES.flatMap((variable) => {
    const value = environment[variable];
    return value !== undefined && isSecretReference(value) ? [{ variable, name: value.slice('ssm:'.length) }] : [];
  });
  const needed = references.filter(({ variable }) => isUsed(variable));
  if (needed.length === 0) return { environment, findings: [] };
  const values = await read(needed.map(({ name }) => name));
  const findings = needed.map(({ variable, name }) => judgeParameter(variable, name, values.get(name)));
  // As the functions use them.
  const resolved = references.map(({ variable, name }) => [variable, values.get(name)?.trim()] as const);
  return { environment: { ...environment, ...Object.fromEntries(resolved) }, findings };
}

function judgeParameter(variable: string, name: string, value: string | undefined): Finding {
  const subject = `parameter ${name}`;
  if (value === undefined) {
    return wrong(subject, `does not exist; ${variable} is read from it: aws ssm put-parameter --type SecureString …`);
  }
  if (value.trim() === '') return wrong(subject, 'is empty');
  return value === value.trim() ? good(subject, 'can be read') : good(subject, 'can be read; white space is cut off');
}
