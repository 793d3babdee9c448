import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SECRET_VARIABLES } from '../../lib/config/variables.ts';
import { nameInLine, readEnvFile } from '../env-file.ts';
import { readText } from '../read-text.ts';

const SERVICE = 'set-owner-by-email';
/** Answers of `npm run setup` that a deployment does not use. */
const FOR_SETUP = /^SETUP_[A-Z_]+$/;

export type Settings = Readonly<Record<string, string>>;

/** Of any partition: eu-central-1, us-gov-west-1, eusc-de-east-1. */
export const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;

export function stackNameOf(stage: string): string {
  return `${SERVICE}-${stage}`;
}

/** Where the SSM parameters of a stage are, as serverless.yml and the functions' roles name them. */
export function parameterNameOf(stage: string, secret: 'client-secret' | 'access-token'): string {
  return `/${SERVICE}/${stage}/hubspot-${secret}`;
}

/** From the project's folder. */
export function settingsPath(stage: string): string {
  return `deploy/${stage}.env`;
}

/**
 * Undefined if the stage has no file.
 * @throws naming each line that cannot be read
 */
export function readSettings(projectDir: string, stage: string): Settings | undefined {
  const file = join(projectDir, settingsPath(stage));
  if (!existsSync(file)) return undefined;
  const values = readEnvFile(readText(file, settingsPath(stage)), settingsPath(stage));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]));
}

/** The file's text with these values. Added lines and comments are kept. */
export function withSettings(text: string, settings: Readonly<Record<string, string | undefined>>): string {
  const left = new Map(Object.entries(settings));
  const lines = text.split('\n').flatMap((line) => {
    const name = nameInLine(line);
    if (name === undefined || !left.has(name)) return [line];
    const value = left.get(name);
    left.delete(name);
    return value === undefined ? [] : [toLine(name, value)];
  });
  while (lines.at(-1) === '') lines.pop();
  const added = [...left].flatMap(([name, value]) => (value === undefined ? [] : [toLine(name, value)]));
  return `${[...lines, ...added].join('\n')}\n`;
}

/** Returns whether the file changed. */
export function writeSettings(
  projectDir: string,
  stage: string,
  settings: Readonly<Record<string, string | undefined>>,
): boolean {
  const file = join(projectDir, settingsPath(stage));
  const before = existsSync(file)
    ? readText(file, settingsPath(stage))
    : `# Stage ${stage}. No secrets: those are in SSM.\n`;
  const after = withSettings(before, settings);
  if (existsSync(file) && after === before) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, after);
  return true;
}

function toLine(name: string, value: string): string {
  if (/[\r\n"]/.test(value)) throw new Error(`${name}: must be one line without a double quote`);
  return /^[\w.:/@+,=-]*$/.test(value) ? `${name}=${value}` : `${name}="${value}"`;
}

/** What serverless.yml and `infra/` accept: variables of the environment, and parameters. */
export type Accepted = { readonly variables: ReadonlySet<string>; readonly params: ReadonlySet<string> };

/** Read from the templates, so that there is no second list to maintain. */
export function readAccepted(projectDir: string): Accepted {
  const infra = readdirSync(join(projectDir, 'infra')).filter((name) => name.endsWith('.yml'));
  const text = ['serverless.yml', ...infra.map((name) => `infra/${name}`)]
    .map((path) => readFileSync(join(projectDir, path), 'utf8'))
    .join('\n');
  const namesOf = (kind: string) =>
    new Set([...text.matchAll(new RegExp(`${kind}:(\\w+)`, 'g'))].map(([, name]) => name ?? ''));
  return { variables: namesOf('env'), params: namesOf('param') };
}

export type Inputs = { readonly environment: Settings; readonly params: Settings };

/**
 * Sorts the settings into what the templates read from the environment and parameters: `DOMAIN_NAME` is `domainName`.
 * @throws naming each setting that nothing would read, and each secret
 */
export function toInputs(settings: Settings, { variables, params }: Accepted): Inputs {
  const secrets: readonly string[] = SECRET_VARIABLES;
  const found = Object.keys(settings).filter((name) => secrets.includes(name));
  if (found.length > 0) throw new Error(`${found.join(', ')}: a secret must not be in this file; store it in SSM`);
  const given = Object.entries(settings).filter(([name, value]) => value !== '' && !FOR_SETUP.test(name));
  // Only in capitals, so that no second spelling is another value of the same parameter.
  const isParam = (name: string) => name === name.toUpperCase() && params.has(toParam(name));
  const asParams = given.filter(([name]) => isParam(name));
  const others = given.filter(([name]) => !isParam(name));
  const unknown = others.map(([name]) => name).filter((name) => !variables.has(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: no template reads this setting`);
  return {
    environment: Object.fromEntries(others),
    params: Object.fromEntries(asParams.map(([name, value]) => [toParam(name), value])),
  };
}

function toParam(name: string): string {
  return name.toLowerCase().replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
