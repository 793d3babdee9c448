import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { packageService, removePackage } from '../packaging/service-package.ts';
import { type Program, programEnvironment, runProgram, startProgram, stopPrograms } from './start-program.ts';

jest.setTimeout(300_000);

const READY = /served at http:\/\/127\.0\.0\.1:(\d+)[\s\S]*Ctrl-C stops everything/;
const NOTHING = { code: 1, output: 'Nothing is running. Start the local stack with: npm start\n' };
const HEALTHY = { code: 0, output: expect.stringMatching(/^\d+ good, 0 to fix, \d+ not checked or by choice$/m) };
const ANSWERS = { code: 0, output: expect.stringContaining('All 5 answers are right') };
const { LOCAL_STACKS_FOLDER: FOLDER = '' } = programEnvironment();
const folderOf = (port: string) => join(FOLDER, port);

const doctor = (...args: readonly string[]) => runProgram('doctor/doctor.ts', args);
const smoke = (...args: readonly string[]) => runProgram('smoke.ts', args);

type Started = { readonly program: Program; readonly port: string };

async function start(): Promise<Started> {
  const program = startProgram('start.ts', {});
  const [, port = ''] = await program.until(READY);
  return { program, port };
}

/** One after the other: each goes on with the stacks that the ones before it started. */
describe('Two local stacks', () => {
  let one: Started;
  let other: Started;
  let next: Program;
  afterAll(stopPrograms);

  it('The doctor and the smoke test say that nothing runs before a stack is started', async () => {
    expect(await Promise.all([doctor(), smoke()])).toEqual([NOTHING, NOTHING]);
  });

  it('Two stacks run side by side on ports of their own, and a package that is made meanwhile takes nothing from them', async () => {
    [one, other] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(other.port);
    expect((await doctor()).output).toMatch(
      /^2 local stacks are running, on ports \d+ and \d+\. Choose one: npm run doctor/,
    );
    await removePackage(await packageService('dev', {}));
    // A function that is asked for the first time is loaded from the build folder.
    expect(await Promise.all([doctor('--port', one.port), smoke('--port', other.port)])).toEqual([HEALTHY, ANSWERS]);
  });

  it('Executions of one stack are saved without personal data and sent again to another stack', async () => {
    await sendAgain(one.port, other.port);
  });

  it('A stack that is interrupted takes its folder away, and commands then find the other stack without its port', async () => {
    expect(await one.program.interrupt()).toBe(0);
    expect([existsSync(folderOf(one.port)), existsSync(folderOf(other.port))]).toEqual([false, true]);
    expect(await smoke()).toEqual(ANSWERS);
  });

  it('A stack that was killed leaves no functions behind, and is not taken for one that runs', async () => {
    await other.program.kill();
    expect(existsSync(folderOf(other.port))).toBe(true);
    expect(await doctor()).toEqual(NOTHING);
    // Its functions end when they notice.
    const gone = () =>
      fetch(`http://127.0.0.1:${other.port}/health`, { headers: { connection: 'close' } }).then(
        () => false,
        () => true,
      );
    while (!(await gone()));
  });

  it('A stack starts on the port of one that was killed, and the commands find it', async () => {
    next = startProgram('start.ts', { PORT: other.port });
    await next.until(READY);
    expect((await doctor()).output).toContain(`The local stack on port ${other.port}`);
  });

  it('The lines that npm start prints work when copied', async () => {
    const lines = [/^ {2}(npm run send .*)$/m, /^ {2}(curl .*)$/m, /^ {2}(npm run invoke .*)$/m];
    const [send = '', curl = '', invoke = ''] = lines.map((line) => line.exec(next.output())?.[1]);
    const sent = await run(send);
    const first = await run(curl);

    expect(sent).toContain('contact 1 (new): “jane@example.com was set as the owner.”');
    expect(JSON.parse(first)).toMatchObject({ outputFields: { outcome: 'ASSIGNED', errorCode: '' } });
    expect(await run(curl)).toBe(first);
    expect(await run(invoke)).toContain('"ownerId": "410000001"');
    expect(next.output()).not.toContain('{"level"');
  });

  it('Ctrl-C stops everything, and the last stack takes all folders away', async () => {
    expect(await next.interrupt()).toBe(0);
    await expect(fetch(`http://127.0.0.1:${other.port}/health`)).rejects.toThrow();
    expect(existsSync(FOLDER)).toBe(false);
    expect(await doctor()).toEqual(NOTHING);
  });
});

async function run(line: string): Promise<string> {
  const options = { cwd: PROJECT_DIR, env: programEnvironment() };
  return (await promisify(execFile)('bash', ['-c', line], options)).stdout;
}

/** Executions of one stack, saved and sent to another. */
async function sendAgain(from: string, to: string): Promise<void> {
  const file = `${FOLDER}.json`;
  const send = (...args: readonly string[]) => runProgram('send.ts', [...args, '--port', from]);
  const first = await send('--email', ' Jane Doe <JANE@example.com>', '--record', 'deal:5');
  expect(first).toEqual({ code: 0, output: expect.stringContaining('deal 5 (new): “jane@example.com was set') });
  await send('--email', 'omar@example.com', '--record', 'deal:5', '--overwrite', 'IF_UNASSIGNED');
  await send(
    '--email',
    'nobody@example.com',
    '--if-not-assignable',
    'FALLBACK',
    '--fallback-owner',
    'desk@example.com',
  );
  expect((await runProgram('logs.ts', ['--port', from])).output).toContain('"functionName":"setOwnerByEmail"');

  const recorded = await runProgram('record.ts', [file, '--port', from]);
  expect(recorded).toEqual({ code: 0, output: expect.stringContaining('3 executions saved in') });
  expect(readFileSync(file, 'utf8')).not.toMatch(/@|Jane|4100/);
  const replayed = await runProgram('replay.ts', [file, '--port', to]);
  rmSync(file);
  expect(replayed.code).toBe(0);
  expect(replayed.output.match(/(?<=: )\w+(?: \/ \w+)?(?=,)/g)).toEqual([
    'ASSIGNED',
    'KEPT_EXISTING',
    'FALLBACK_ASSIGNED / OWNER_NOT_FOUND',
  ]);
}
