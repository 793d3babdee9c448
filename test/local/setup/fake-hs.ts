import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findLayoutProblems } from '../../../local/hubspot-project/check-layout.ts';
import { findProjectProblems } from '../../../local/hubspot-project/check-project.ts';
import type { Ended } from '../../../local/run-program.ts';

type Upload = {
  readonly account: string;
  readonly projectName: string;
  readonly appUid: string;
  readonly auth: string;
  readonly files: Readonly<Record<string, string>>;
};
export type HsState = {
  readonly version: string;
  readonly accounts: readonly string[];
  readonly uploads: readonly Upload[];
  readonly commands: readonly string[];
};

type App = { readonly uid?: string; readonly config?: { readonly auth?: { readonly type?: string } } };

type Environment = Readonly<Record<string, string | undefined>>;
export type HsCall = { readonly args: readonly string[]; readonly cwd: string; readonly environment: Environment };

/**
 * Stands for HubSpot's CLI, and for what HubSpot itself refuses of a project. `FAKE_HS_STATE` is the file of what it knows:
 * accounts that `hs account auth` opened, and what was uploaded.
 */
export async function runHs({ args, cwd, environment }: HsCall): Promise<Ended> {
  const file = environment.FAKE_HS_STATE ?? '';
  try {
    return { exitCode: 0, output: await obey(args, cwd, environment, file) };
  } catch (error) {
    return { exitCode: 1, output: error instanceof Error ? error.message : String(error) };
  }
}

function readState(file: string): HsState {
  return JSON.parse(readFileSync(file, 'utf8')) as HsState;
}

function remember(file: string, change: Partial<HsState>): void {
  writeFileSync(file, JSON.stringify({ ...readState(file), ...change }));
}

/** @throws whatever the CLI or HubSpot would say */
async function obey(args: readonly string[], cwd: string, environment: Environment, file: string): Promise<string> {
  const state = readState(file);
  if (environment.HUBSPOT_CLIENT_SECRET ?? environment.HUBSPOT_ACCESS_TOKEN) throw new Error('got a secret');
  const form = args.join(' ');
  const known = [/^--version$/, /^project validate --account=\d+$/, /^project upload --account=\d+ --force-create$/];
  if (!known.some((pattern) => pattern.test(form))) throw new Error(`unknown command or flag: ${form}`);
  remember(file, { commands: [...state.commands, form] });
  if (form === '--version') return state.version;
  const account = /--account=(\d+)/.exec(form)?.[1] ?? '';
  if (!state.accounts.includes(account)) throw new Error(`account ${account} is not in the configuration`);
  const files = readProject(cwd);
  const faults = await findFaults(cwd, files);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  if (args[1] === 'validate') return 'valid';
  const upload = toUpload(account, files);
  refuseForeign(upload, state);
  remember(file, { uploads: [...state.uploads, upload] });
  return 'build succeeded, deployed';
}

/** What HubSpot changes no more after the first upload. @throws */
function refuseForeign({ account, appUid, projectName, auth }: Upload, { uploads }: HsState): void {
  const before = uploads.filter((one) => one.account === account);
  const foreign = before.find((one) => one.appUid === appUid && one.projectName !== projectName);
  if (foreign !== undefined) throw new Error(`app ${appUid} belongs to the project ${foreign.projectName}`);
  const other = before.find((one) => one.projectName === projectName && one.auth !== auth);
  if (other !== undefined) throw new Error(`project ${projectName} has an app with auth ${other.auth}`);
}

/** @throws in a git worktree, where CLI 8.4 loses files */
function readProject(folder: string): Record<string, string> {
  for (let above = folder; above !== dirname(above); above = dirname(above)) {
    if (existsSync(join(above, '.git'))) throw new Error('inside a git worktree');
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** What the library in HubSpot's CLI finds, and what HubSpot's documents say of the components. */
async function findFaults(folder: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const parsed = Object.entries(files).map(([path, text]): [string, unknown] => [
    path,
    path.endsWith('.json') ? JSON.parse(text) : undefined,
  ]);
  return [...findProjectProblems(new Map(parsed)), ...(await findLayoutProblems(folder))];
}

function toUpload(account: string, files: Readonly<Record<string, string>>): Upload {
  const { name: projectName = '' } = JSON.parse(files['hsproject.json'] ?? '{}') as { name?: string };
  const { uid: appUid = '', config } = JSON.parse(files['src/app/app-hsmeta.json'] ?? '{}') as App;
  return { account, projectName, appUid, auth: config?.auth?.type ?? '', files };
}
