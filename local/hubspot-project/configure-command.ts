import { basename, dirname, join, relative, resolve } from 'node:path';
import { readCommand, usage } from '../command/command-line.ts';
import { print, printError } from '../output.ts';
import { ProjectRefusedError, writeProject } from './configure.ts';
import { FLAGS, readFlags, readStage } from './configure-flags.ts';
import { readConfigured } from './configured-project.ts';
import { stageFolder } from './project-folder.ts';

export type ConfigureReport = { readonly lines: readonly string[]; readonly exitCode: 0 | 1 };

const COMMAND = {
  script: 'hubspot:configure',
  does: 'Writes the HubSpot project of a stage for your address. What is not given stays as it is.',
  flags: FLAGS,
  examples: ['npm run hubspot:configure -- --base-url https://owner.your-company.com --auth static'],
} as const;

/** `npm run hubspot:configure`: writes the project of a stage from flags, and says what to do with it. */
export async function configure(root: string, args: readonly string[]): Promise<ConfigureReport> {
  try {
    const projectDir = join(root, stageFolder(readStage(args)));
    const options = readFlags(args, readConfigured(projectDir));
    const { changes, identity } = await writeProject({ root, ...options }, projectDir);
    const folder = relative(root, projectDir).replaceAll('\\', '/');
    const lines = changes.map((change) => `${folder}/${change}`);
    const ready = `${folder}: project ${identity.projectName} is ready; to upload it: cd ${folder} && hs project upload`;
    return { lines: [...(lines.length > 0 ? lines : ['nothing to change']), ready], exitCode: 0 };
  } catch (error) {
    if (error instanceof ProjectRefusedError) return { lines: describe(error.problems), exitCode: 1 };
    if (isMisuse(error)) return { lines: [error.message, '', usage(COMMAND)], exitCode: 1 };
    throw error;
  }
}

/** With what to give for addresses that are still the template's. */
function describe(problems: readonly string[]): readonly string[] {
  const isAddressMissing = problems.some((problem) => problem.endsWith('is a placeholder'));
  return isAddressMissing ? [...problems, ADDRESSES] : problems;
}

const ADDRESSES = 'Give your own addresses with --base-url, --support-email, --documentation-url and --support-url.';

/** A value that cannot be, or an option that `parseArgs` does not know. */
function isMisuse(error: unknown): error is Error {
  const { code } = Object(error) as { code?: unknown };
  return error instanceof TypeError || String(code).startsWith('ERR_PARSE_ARGS');
}

async function runAsCommand(script: string): Promise<void> {
  readCommand(COMMAND);
  const { lines, exitCode } = await configure(resolve(dirname(script), '../..'), process.argv.slice(2));
  for (const line of lines) (exitCode === 0 ? print : printError)(line);
  process.exitCode = exitCode;
}

const startedScript = process.argv[1];
if (startedScript !== undefined && basename(startedScript) === 'configure-command.ts') void runAsCommand(startedScript);
