import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readRelease } from '../../local/release/read-release.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { read } from './pages.ts';

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
};
type Permissions = Readonly<Record<string, string>>;
type Job = {
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Permissions;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
};
type Workflow = {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
};

/** The parser that reads serverless.yml. */
const { load } = createRequire(require.resolve('serverless/package.json'))('js-yaml') as {
  load: (text: string) => unknown;
};
const readYaml = <T>(path: string) => load(read(path)) as T;

const FOLDER = '.github/workflows';
const NAMES = readdirSync(join(PROJECT_DIR, FOLDER));
const workflows = new Map(NAMES.map((name) => [name, readYaml<Workflow>(`${FOLDER}/${name}`)]));
const jobsOf = (name: string) => Object.entries(workflows.get(name)?.jobs ?? {});
const job = (file: string, name: string): Job => {
  const found = workflows.get(file)?.jobs[name];
  if (found === undefined) throw new Error(`${file} has no job ${name}`);
  return found;
};
const commandsOf = ({ steps }: Job) => steps.flatMap(({ run }) => (run === undefined ? [] : run.split('\n')));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
/** How a workflow writes a value of its context. */
const expression = (name: string) => `$\{{ ${name} }}`;
/** What a job may do beyond reading the repository. */
const EXTRA: Readonly<Record<string, Permissions>> = {
  'deploy.yml/deploy': { contents: 'read', 'id-token': 'write' },
  'release.yml/publish': { contents: 'write' },
};

it('The GitHub workflows are for checking, deploying and releasing', () => {
  expect([...NAMES].sort()).toEqual(['ci.yml', 'deploy.yml', 'release.yml']);
});

describe.each(NAMES)('%s', (name) => {
  const steps = jobsOf(name).flatMap(([, { steps: own }]) => own);

  it('A GitHub workflow may only read the repository, except for the one job that needs more', () => {
    expect(workflows.get(name)?.permissions).toEqual({ contents: 'read' });
    for (const [title, { permissions }] of jobsOf(name)) {
      expect([title, permissions]).toEqual([title, EXTRA[`${name}/${title}`]]);
    }
  });

  it('A GitHub workflow uses each action at one commit, with its version beside it', () => {
    const lines = read(`${FOLDER}/${name}`)
      .split('\n')
      .filter((line) => line.includes('uses:'));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('A GitHub workflow keeps no credentials of the repository on disk, and each of its jobs has a timeout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false));
    expect(jobsOf(name).filter(([, each]) => each['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('A GitHub workflow gives typed values to a shell as variables only, and prints none of them', () => {
    const commands = jobsOf(name).flatMap(([, each]) => commandsOf(each));
    expect(commands.filter((line) => line.includes('${{'))).toEqual([]);
    expect(commands.filter((line) => /\becho\b|\bprintenv\b|\bset -[a-z]*x|(^|\s)env(\s|$)/.test(line))).toEqual([]);
  });

  it('A GitHub workflow reads no secret, so that there is none to leak', () => {
    expect(read(`${FOLDER}/${name}`)).not.toMatch(/\bsecrets[.[]/);
  });

  it('A GitHub workflow runs scripts and files that exist', () => {
    const commands = jobsOf(name).flatMap(([, each]) => commandsOf(each));
    const named = commands.flatMap((line) => [...line.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script ?? ''));
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
    const files = commands.flatMap((line) => [...line.matchAll(/(?:node|bash) ([\w./-]+)/g)].map(([, file]) => file));
    expect(files.filter((file) => !existsSync(join(PROJECT_DIR, String(file))))).toEqual([]);
  });
});

describe('the deployment', () => {
  const deploy = job('deploy.yml', 'deploy');

  it('The deployment workflow is started by hand, for a stage and an environment', () => {
    expect(workflows.get('deploy.yml')?.on).toEqual({
      workflow_dispatch: {
        inputs: {
          stage: expect.objectContaining({ required: true, type: 'string' }),
          environment: expect.objectContaining({ required: true, type: 'environment' }),
        },
      },
    });
    expect(deploy.environment).toBe(expression('inputs.environment'));
  });

  it('The deployment workflow deploys after the checks and the tests, which cannot ask for the role', () => {
    expect(deploy.needs).toBe('check');
    expect(commandsOf(job('deploy.yml', 'check'))).toEqual(['npm ci', 'npm run check', 'npm test']);
  });

  it('The deployment workflow assumes the role of the environment, with no key', () => {
    const aws = deploy.steps.find(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
    expect(aws?.with).toEqual({
      'role-to-assume': expression('vars.AWS_ROLE_ARN'),
      'aws-region': expression('vars.AWS_REGION'),
    });
  });

  it('The deployment workflow reads the variables that the guide lists, and no other', () => {
    const used = [...read(`${FOLDER}/deploy.yml`).matchAll(/vars\.(\w+)/g)].map(([, name]) => name ?? '');
    const section = read('docs/deploy.md').split('## Deploy from GitHub Actions')[1]?.split('\n## ')[0] ?? '';
    const table = section.split('| Variable | Meaning |')[1] ?? '';
    const listed = [...table.matchAll(/^\s*\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''),
    );
    expect([...new Set(used)].sort()).toEqual(listed.sort());
  });
});

describe('the release', () => {
  it('The release workflow runs for a tag, and checks the notes before it builds anything', () => {
    expect(workflows.get('release.yml')?.on).toEqual({ push: { tags: ['v*'] } });
    const commands = commandsOf(job('release.yml', 'build'));
    const checked = commands.findIndex((line) => line.includes('local/release/print-notes.ts --tag "$TAG"'));
    const built = commands.findIndex((line) => line.includes('.ci/run'));
    expect(checked).toBeGreaterThan(-1);
    expect(built).toBeGreaterThan(checked);
  });

  it('The release workflow publishes in a job that runs no package', () => {
    const publish = job('release.yml', 'publish');
    expect(publish.needs).toBe('build');
    expect(publish.steps.filter(({ uses }) => /checkout|setup-node/.test(uses ?? ''))).toEqual([]);
    expect(commandsOf(publish).filter((line) => /npm|node/.test(line))).toEqual([]);
    expect(commandsOf(publish).join('\n')).toMatch(/gh release create .*--notes-file .*\.zip/);
  });

  it('The release workflow publishes the licenses of what is in the zip files', () => {
    const commands = commandsOf(job('release.yml', 'build')).join('\n');
    expect(commands).toContain('node local/release/print-licenses.ts > release/LICENSES.txt');
    expect(commandsOf(job('release.yml', 'publish')).join('\n')).toMatch(/gh release create .* release\/LICENSES\.txt/);
  });

  it('The version in package.json could be released now', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    const release = readRelease({
      tag: `v${version}`,
      packageJson: read('package.json'),
      packageLock: read('package-lock.json'),
      changelog: read('CHANGELOG.md'),
    });
    expect(release.notes).toMatch(/^### /);
  });
});

it('Dependency updates are grouped, for packages and for actions', () => {
  const { updates } = readYaml<{ updates: { 'package-ecosystem': string; groups: object; directory: string }[] }>(
    '.github/dependabot.yml',
  );
  expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions']);
  expect(updates.filter(({ groups }) => Object.keys(groups).length === 0)).toEqual([]);
});
