import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { faultsOfComponent } from '../hubspot-project/project-checker.ts';

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

type App = {
  readonly uid?: string;
  readonly config?: {
    readonly distribution?: string;
    readonly auth?: {
      readonly type?: string;
      readonly requiredScopes?: readonly string[];
      readonly optionalScopes?: readonly string[];
      readonly conditionallyRequiredScopes?: readonly string[];
      readonly redirectUrls?: readonly string[];
    };
    readonly support?: Readonly<Record<string, string>>;
  };
};

const PLACEHOLDERS = /^(support@example\.com|https:\/\/example\.com\/(docs|support))$/;

type Environment = Readonly<Record<string, string | undefined>>;
export type HsCall = { readonly args: readonly string[]; readonly cwd: string; readonly environment: Environment };

/**
 * Stands for HubSpot's CLI, and for what HubSpot itself refuses of a project. `FAKE_HS_STATE` is the file of what it knows:
 * accounts that `hs account auth` opened, and what was uploaded.
 */
export function runHs({ args, cwd, environment }: HsCall): { readonly exitCode: number; readonly output: string } {
  const file = environment.FAKE_HS_STATE ?? '';
  try {
    return { exitCode: 0, output: obey(args, cwd, environment, file) };
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
function obey(args: readonly string[], cwd: string, environment: Environment, file: string): string {
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
  const faults = findFaults(files);
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

function findFaults(files: Readonly<Record<string, string>>): readonly string[] {
  const faults: string[] = [];
  const must = (condition: boolean, fault: string) => void (condition || faults.push(fault));
  const project = JSON.parse(files['hsproject.json'] ?? '{}') as Record<string, string>;
  must(/^[\w-]{1,100}$/.test(project.name ?? ''), 'hsproject.json: name');
  must(project.srcDir === 'src', 'hsproject.json: srcDir');
  must(project.platformVersion === '2026.09', 'hsproject.json: platformVersion');
  const strange = Object.keys(files).filter((path) => path !== 'hsproject.json' && !path.startsWith('src/app/'));
  must(strange.length === 0, `not part of a project: ${strange.join(', ')}`);
  faults.push(...findAppFaults(JSON.parse(files['src/app/app-hsmeta.json'] ?? '{}') as App));
  const actions = Object.keys(files).filter((path) => path.startsWith('src/app/workflow-actions/'));
  must(actions.length > 0, 'no workflow action');
  for (const path of actions) faults.push(...faultsOfComponent(files[path] ?? '').map((fault) => `${path}: ${fault}`));
  return faults;
}

function findAppFaults({ uid, config }: App): readonly string[] {
  const faults: string[] = [];
  const must = (condition: boolean, fault: string) => void (condition || faults.push(`app: ${fault}`));
  const { auth = {}, distribution, support = {} } = config ?? {};
  const optional = [...(auth.optionalScopes ?? []), ...(auth.conditionallyRequiredScopes ?? [])];
  must(uid !== undefined, 'uid is missing');
  must(auth.type === 'static' || auth.type === 'oauth', 'auth type');
  must(auth.requiredScopes?.includes('oauth') === true || auth.type === 'static', 'oauth must be required');
  must(auth.type !== 'static' || optional.length === 0, 'a static app can only require scopes');
  must(auth.type !== 'static' || distribution === 'private', 'a static app is private');
  must(auth.type !== 'oauth' || (auth.redirectUrls ?? []).every((url) => url.startsWith('https://')), 'redirect URLs');
  must(Object.keys(support).length > 0, 'no support addresses');
  const examples = Object.values(support).filter((value) => PLACEHOLDERS.test(value));
  must(examples.length === 0, `placeholders in support: ${examples.join(', ')}`);
  return faults;
}

function toUpload(account: string, files: Readonly<Record<string, string>>): Upload {
  const { name: projectName = '' } = JSON.parse(files['hsproject.json'] ?? '{}') as { name?: string };
  const { uid: appUid = '', config } = JSON.parse(files['src/app/app-hsmeta.json'] ?? '{}') as App;
  return { account, projectName, appUid, auth: config?.auth?.type ?? '', files };
}
