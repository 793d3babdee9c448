import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createReadStack } from '../../../local/deploy/deployed-stack.ts';
import { packageFolder } from '../../../local/deploy/serverless-cli.ts';
import { readSettings, type Settings, stackNameOf } from '../../../local/deploy/settings.ts';
import { createTable, startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';
import { type Ended, type Program, type RunProgram, runProgram } from '../../../local/run-program.ts';
import { createOwnerRefresh } from '../../../local/setup/owner-refresh.ts';
import { createParameters } from '../../../local/setup/parameters.ts';
import { runSetup } from '../../../local/setup/run-setup.ts';
import { completeSettings } from '../../../local/setup/setup-options.ts';
import type { Setup } from '../../../local/setup/setup-world.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import type { Template } from '../../packaging/template.ts';
import { sharedText } from '../../support/shared-text.ts';
import { type FakeAws, startFakeAws } from './fake-aws.ts';
import { type HsState, runHs } from './fake-hs.ts';
import { installHs } from './hs-command.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT = '4000001';
export const STAGE = 'prod';

/** What the template has, too, when no variable gives it. With it, packages are also those of a setup beside a simulator. */
export const HUBSPOT: Readonly<Record<string, string>> = {
  HUBSPOT_API_BASE_URL: 'https://api.hubapi.com',
  HUBSPOT_APP_BASE_URL: 'https://app.hubspot.com',
};
/** What every setup here is given, as flags. */
export const BASE: Settings = {
  'portal-id': ACCOUNT,
  'alarm-email': 'ops@example.com',
  'support-email': 'help@acme.test',
  'documentation-url': 'https://acme.test/docs',
  'support-url': 'https://acme.test/help',
};
export const DOMAIN: Settings = {
  domain: 'Owner.Acme.test',
  'certificate-arn': 'arn:aws:acm:eu-central-1:111111111111:certificate/any',
};

/** What a person at the keyboard has at hand. */
export type Person = {
  /** Answers a question, by its text. */
  readonly answer: (question: string) => string;
  /** Whether the DNS record is there. */
  readonly hasDnsRecord: boolean;
};

export type SetupDesk = {
  readonly aws: FakeAws;
  readonly projectDir: string;
  readonly told: string[];
  /** What was started as a program, without what is the same each time. */
  readonly programs: string[];
  readonly run: RunProgram;
  /** What the doctor ends with. */
  doctorExitCode: number;
  hubspot(): HsState;
  setup(given: Settings, person: Person, options?: Partial<Setup>): Promise<void>;
  settings(): Settings;
  deployed(): Template | undefined;
  /** Forgets everything. Packages that were made stay with the run. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

const SOURCES = ['infra', 'serverless.yml', 'esbuild.config.json', 'package.json', 'tsconfig.json'];
/** What a HubSpot project takes from the repository as it is. */
const ASSETS = ['hubspot/src/app/app-logo.png', 'hubspot/src/app/settings'];
/** A template names its functions and does not depend on their code. */
const ANY_FUNCTION = 'export const handler = async () => ({ statusCode: 200 });\n';

const ADDRESSES = /^HUBSPOT_(?:API|APP)_BASE_URL$/;
const placeholderOf = (name: string) => `https://${name.toLowerCase().replaceAll('_', '-')}.example.com`;

type DeskOptions = {
  /** Of the person's shell. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether HubSpot's CLI is another program, as it is in the world. In this process it is quicker. */
  readonly startsHs?: boolean;
};

/** A clone of the project, and stand-ins for everything that it cannot reach: HubSpot's CLI, AWS, and a person. */
export async function makeSetupDesk(options: DeskOptions = {}): Promise<SetupDesk> {
  const { environment = {}, startsHs = false } = options;
  const home = mkdtempSync(join(tmpdir(), 'setup-'));
  const projectDir = join(home, 'clone');
  for (const source of SOURCES) cpSync(join(PROJECT_DIR, source), join(projectDir, source), { recursive: true });
  for (const asset of ASSETS) cpSync(join(PROJECT_DIR, asset), join(projectDir, asset), { recursive: true });
  mkdirSync(join(projectDir, 'functions'));
  for (const file of readdirSync(join(PROJECT_DIR, 'functions'))) {
    writeFileSync(join(projectDir, 'functions', file), ANY_FUNCTION);
  }
  symlinkSync(join(PROJECT_DIR, 'node_modules'), join(projectDir, 'node_modules'));
  // A clone is a git worktree.
  mkdirSync(join(projectDir, '.git'));
  const dynamoDb = await startEmbeddedDynamoDb();
  const hs = installHs(home, ACCOUNT);
  const told: string[] = [];
  const programs: string[] = [];
  let aws = await startFakeAws();

  const run: RunProgram = async (program) => {
    const [first = '', command = ''] = program.args;
    if (first.endsWith('serverless.js') && command === 'package') return packageOnce(program);
    if (first.endsWith('serverless.js') && command === 'deploy') return deploy(program);
    if (first.endsWith('doctor.ts')) {
      programs.push(`doctor ${program.args.slice(1).join(' ')}`);
      return { exitCode: desk.doctorExitCode, output: '' };
    }
    programs.push([program.command, ...program.args].join(' '));
    const given = { ...program.environment, ...hs.environment };
    const ended = startsHs
      ? await runProgram({ ...program, environment: given, output: 'keep' })
      : await runHs({ args: program.args, cwd: program.cwd, environment: given });
    if (program.output === 'show') told.push(ended.output);
    return ended;
  };

  /**
   * Packaging is real, and its template depends on nothing but what it is given. Where HubSpot is differs with each simulator,
   * and takes the place of a name in the template.
   */
  async function packageOnce(program: Program): Promise<Ended> {
    const file = join(packageFolder(projectDir, STAGE), 'cloudformation-template-update-stack.json');
    const addresses = Object.entries(program.environment ?? {}).filter(([name]) => ADDRESSES.test(name));
    const named = Object.fromEntries(addresses.map(([name]) => [name, placeholderOf(name)]));
    const environment = { ...program.environment, ...named };
    // Each program has a temporary folder of its own.
    const { TMPDIR: folder = '' } = environment;
    const inputs = JSON.stringify([program.args, environment]).replaceAll(projectDir, '').replaceAll(folder, '');
    const text = await sharedText(inputs, async () => {
      const ended = await runProgram({ ...program, environment, output: 'keep' });
      if (ended.exitCode !== 0) throw new Error(ended.output);
      return readFileSync(file, 'utf8');
    });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      addresses.reduce((all, [name, url]) => all.replaceAll(placeholderOf(name), url ?? ''), text),
    );
    return { exitCode: 0, output: '' };
  }

  /** What `serverless deploy` comes to: the stack of that stage is as the packaged template says. */
  async function deploy({ args }: Program): Promise<Ended> {
    const [folder, stage] = [args[args.indexOf('--package') + 1] ?? '', args[args.indexOf('--stage') + 1] ?? ''];
    const file = join(folder, 'cloudformation-template-update-stack.json');
    aws.cloudFormation.deploy(stackNameOf(stage), JSON.parse(readFileSync(file, 'utf8')) as Template);
    programs.push(`deploy ${stage}`);
    return { exitCode: 0, output: '' };
  }

  async function begin(): Promise<void> {
    hs.change({ uploads: [], commands: [] });
    for (const folder of ['deploy', '.hubspot-project'])
      rmSync(join(projectDir, folder), { recursive: true, force: true });
    told.length = 0;
    programs.length = 0;
    process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamoDb.endpoint;
  }

  await begin();
  const client = new DynamoDBClient({ endpoint: dynamoDb.endpoint, region: REGION });
  await createTable(client, stackNameOf(STAGE));
  client.destroy();

  const desk: SetupDesk = {
    get aws() {
      return aws;
    },
    projectDir,
    told,
    programs,
    run,
    doctorExitCode: 0,
    hubspot: hs.state,
    async setup(given, { answer, hasDnsRecord }, options = {}) {
      const ask = {
        isTerminal: false,
        line: async (question: string) => answer(question),
        secret: async (question: string) => answer(question),
        close() {},
      };
      const settings = await completeSettings(given, readSettings(projectDir, STAGE) ?? {}, ask);
      await runSetup(
        {
          projectDir,
          stage: STAGE,
          replaceSecrets: false,
          allowedLosses: [],
          run,
          ask,
          tell: (line) => told.push(line),
          environment,
          readStack: createReadStack(REGION),
          parameters: createParameters(REGION),
          refresh: createOwnerRefresh(REGION, Date.now),
          fetch: async () => {
            if (!hasDnsRecord) throw new TypeError('fetch failed');
            return new Response('{"status":"ok"}');
          },
          ...options,
        },
        settings,
      );
    },
    settings: () => readSettings(projectDir, STAGE) ?? {},
    deployed: () => aws.cloudFormation.find(stackNameOf(STAGE)),
    async reset() {
      await aws.close();
      aws = await startFakeAws();
      await begin();
      desk.doctorExitCode = 0;
    },
    async close() {
      await aws.close();
      await dynamoDb.close();
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
      rmSync(home, { recursive: true, force: true });
    },
  };
  return desk;
}
