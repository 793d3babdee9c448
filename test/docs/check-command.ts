import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommand } from '../../local/command/command-line.ts';
import { PROJECT_DIR, readSources } from '../architecture/imports.ts';
import { PROJECTS } from '../support/projects.ts';
import { template } from './pages.ts';
import { programOf, readDefinition, SCRIPTS } from './script-definitions.ts';
import type { ShellCommand } from './shell.ts';

const testFiles = readSources('test').map(({ path }) => path);
/** Programs of the shell, and what of their words is a file that has to be there. */
const SHELL: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  // Reads the settings of a stage, which git does not have.
  '.': () => [],
  cd: () => [],
  echo: () => [],
  export: () => [],
  git: () => [],
  grep: () => [],
  read: () => [],
  // Without a file it reads what comes through the pipe.
  sed: (words) => words.filter((word) => !word.startsWith('-')).slice(1),
  set: () => [],
  xargs: () => [],
};
/** Programs that somebody installs, and the first words that we have seen in their own guides. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  aws: ['acm', 'configure', 'dynamodb', 'iam', 'sns', 'sqs', 'ssm'],
  hs: ['account', 'project'],
};
/** What npm does itself. */
const NPM = ['ci', 'exec', 'install', 'version'];

/** What is wrong with a command: a script, flag, file or parameter that does not exist. Undefined if nothing is. */
export async function findProblem({ words, env }: ShellCommand): Promise<string | undefined> {
  const [program = '', ...args] = words;
  if (program === 'npm') return checkNpm(args);
  if (program === 'npx') return checkNpx(args) ?? checkPatience(args, Number(env.AWS_CLIENT_TIMEOUT ?? 120_000));
  if (program in OTHERS) {
    return OTHERS[program]?.includes(args[0] ?? '') === true ? undefined : `${program} has no ${args[0]}`;
  }
  const filesOf = SHELL[program];
  if (filesOf === undefined) return `nobody knows the program ${program}`;
  return firstMissing(filesOf(args));
}

async function checkNpm([first = '', ...args]: readonly string[]): Promise<string | undefined> {
  if (first === 'exec') return checkNpx(args.filter((word) => word !== '--'));
  if (NPM.includes(first)) return undefined;
  const [script = '', ...rest] = first === 'run' ? args : [first, ...args];
  if (SCRIPTS[script] === undefined) return `there is no npm script ${script}`;
  // npm keeps what comes before `--` for itself.
  if (rest.length > 0 && rest[0] !== '--') return `${script}: options go after --`;
  const given = rest.slice(1);
  if (script === 'test') return checkJest(given);
  const program = programOf(script);
  if (program === undefined) return given.length === 0 ? undefined : `${script} takes no options`;
  const parsed = parseCommand(await readDefinition(program), given);
  if (parsed.kind === 'misused') return parsed.text.split('\n')[0];
  return checkParameters(given);
}

/** `--param="domainName=…"` names a parameter of the template. */
function checkParameters(args: readonly string[]): string | undefined {
  const names = args.flatMap((word) => /^--param=(\w+)=/.exec(word)?.[1] ?? []);
  const unknown = names.find((name) => !new RegExp(`param:${name}\\b`).test(template));
  return unknown === undefined ? undefined : `the template has no parameter ${unknown}`;
}

function checkNpx([program = '', ...args]: readonly string[]): string | undefined {
  if (program === 'jest') return checkJest(args);
  if (program === 'node') return firstMissing(args.filter((word) => word !== '--inspect-brk').slice(0, 1));
  return program === 'sls' ? undefined : `nobody knows npx ${program}`;
}

/** Without the variable, the Serverless CLI gives up after two minutes and invokes the function again, four times. */
function checkPatience(args: readonly string[], waitsMs: number): string | undefined {
  const name = args[args.indexOf('--function') + 1];
  const seconds = new RegExp(`\\n {2}${name}:\\n(?: {4}.*\\n)*? {4}timeout: (\\d+)`).exec(template)?.[1];
  return Number(seconds) * 1_000 > waitsMs ? `${name} takes longer: set AWS_CLIENT_TIMEOUT` : undefined;
}

/** Every project and every file pattern finds a test. */
function checkJest(args: readonly string[]): string | undefined {
  const projects = PROJECTS.map(({ name }) => name);
  const words = args.filter((word) => word !== '--selectProjects' && !projects.includes(word));
  const without = words.find((word) => !testFiles.some((path) => path.includes(word)));
  return without === undefined ? undefined : `no test is in ${without}`;
}

function firstMissing(files: readonly string[]): string | undefined {
  const missing = files.find((file) => !existsSync(join(PROJECT_DIR, file)));
  return missing === undefined ? undefined : `there is no file ${missing}`;
}

/** Whether it talks to AWS or HubSpot. A flag may keep it on this machine, and a text may name one without its flags. */
export function needsAccount({ words, env }: ShellCommand): boolean {
  const [program = '', first = '', second = ''] = words;
  const has = (flag: string) => words.includes(flag);
  if (program === 'aws' || program === 'hs') return true;
  if (program === 'npx' && first === 'sls') return !(second === 'invoke' && words[3] === 'local');
  if (program !== 'npm') return false;
  const script = first === 'run' ? second : first;
  if (script === 'setup') return has('--stage') && !has('--dry-run');
  if (['deploy', 'doctor'].includes(script)) return has('--stage');
  if (script === 'contract') return has('--portal');
  if (script === 'smoke') return env.PUBLIC_BASE_URL !== undefined;
  return script === 'start' && env.HUBSPOT_API_BASE_URL !== undefined;
}
