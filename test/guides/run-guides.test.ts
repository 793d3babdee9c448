import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeProject } from '../../local/hubspot-project/configure.ts';
import { readFlags } from '../../local/hubspot-project/configure-flags.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { needsAccount } from '../docs/check-command.ts';
import { COMMAND_PAGES, type GuideCommand, readCommands } from '../docs/guide-commands.ts';
import { wayToRun } from '../docs/guide-runs.ts';
import { programOf } from '../docs/script-definitions.ts';
import { type Program, programEnvironment, startProgram, stopPrograms } from '../local/start-program.ts';
import { findUnprinted } from './find-unprinted.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'guides-'));
const byText = new Map<string, GuideCommand>();
for (const command of COMMAND_PAGES.flatMap(readCommands)) {
  const known = byText.get(command.text);
  // The guide that shows what it prints counts.
  if (!needsAccount(command) && (known === undefined || known.prints === '')) byText.set(command.text, command);
}
const ofWay = (way: string) => [...byText.values()].filter((command) => wayToRun(command) === way);
/** `logs` and the like come after what they tell about. */
const LAST = ['send', 'doctor', 'logs', 'record', 'replay'];
const orderOf = ({ words }: GuideCommand) => LAST.indexOf(words[2] ?? '');
const onStack = ofWay('stack').toSorted((one, other) => orderOf(one) - orderOf(other));

afterAll(stopPrograms);

describe('The local commands of the guides', () => {
  let stack: Program;
  /** What a guide shows of a handover has the IDs of another run. */
  const ids = new Map<string, string>();
  /** A record waits in the queue for seconds, while the other commands run. */
  const begun = new Map<string, Promise<string>>();

  beforeAll(async () => {
    // As the guide to floods starts it. Everything else is the same on it.
    stack = startProgram('start.ts', { QUEUED_PORTAL_IDS: '4000001' });
    await stack.until(/Ctrl-C stops everything/);
    for (const { text, words } of onStack) if (words[2] === 'send') begun.set(text, runOnStack(words));
  });

  it.each(onStack)('$text of $page runs on a local stack and prints what the guide shows', async (command) => {
    const output = await (begun.get(command.text) ?? runOnStack(command.words));
    expect(findUnprinted(command.prints, output)).toEqual([]);
  });

  async function runOnStack([, , script = '', , ...args]: readonly string[]): Promise<string> {
    const file = join(PROJECT_DIR, programOf(script) ?? '');
    const given = args.map((word) =>
      word.replace(/"(\w+)":"([0-9a-f-]{16,})"/, (_all, field, id) => {
        const known = ids.get(field === 'start' ? 'digest' : 'handoverId') ?? id;
        return `"${field}":"${known}"`;
      }),
    );
    for (;;) {
      const { stdout } = await run(process.execPath, [file, ...given], { cwd: folder, env: programEnvironment() });
      for (const [, name = '', id = ''] of stdout.matchAll(/"(digest|handoverId)": "([^"]+)"/g)) ids.set(name, id);
      // A plan takes a second.
      if (!stdout.includes('"status": "planning"') || args.some((word) => word.includes('leaver'))) return stdout;
    }
  }
});

it.each(ofWay('folder').filter(({ words }) => words[2] === 'hubspot:configure'))(
  '$text of $page writes a project that HubSpot’s rules allow',
  async ({ words }) => {
    const given = { ...SUPPORT, ...readFlags(words.slice(4), SUPPORT) };
    const target = mkdtempSync(join(tmpdir(), 'project-'));
    const { changes } = await writeProject({ root: PROJECT_DIR, ...given }, target);
    expect(changes.length).toBeGreaterThan(10);
  },
);

/** What an earlier configuration of the stage has, which a command may leave out. */
const SUPPORT = {
  publicBaseUrl: 'https://owner.acme.test',
  support: {
    supportEmail: 'help@acme.test',
    documentationUrl: 'https://acme.test/docs',
    supportUrl: 'https://acme.test/help',
  },
};

it.each(ofWay('folder').filter(({ words }) => words[2] !== 'hubspot:configure'))(
  '$text of $page runs without a stack and ends without an error',
  async ({ text, words }) => {
    const program = programOf(words[2] ?? '');
    const [file, args] =
      program === undefined
        ? ['bash', ['-c', text]]
        : [process.execPath, [join(PROJECT_DIR, program), ...words.slice(4)]];
    cpSync(join(PROJECT_DIR, 'docs/policies'), join(folder, 'docs/policies'), { recursive: true });
    const cwd = words[0] === 'npx' ? PROJECT_DIR : folder;
    const { stdout, stderr } = await run(file, args, { cwd, env: programEnvironment() });
    expect(stderr).toBe('');
    expect(stdout.length > 0 || text.includes('>')).toBe(true);
  },
);
