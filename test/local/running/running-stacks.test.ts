import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlError, type ControlServer, startControlServer } from '../../../local/running/control-server.ts';
import { askStack, findStack, listStacks, removeAbandoned } from '../../../local/running/running-stacks.ts';
import { claimStackFolder, readLocks, type StackLock } from '../../../local/running/stack-folder.ts';

let projectDir: string;
const servers: ControlServer[] = [];

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'stacks-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(projectDir, { recursive: true });
});

async function start(port: number, change: Partial<StackLock> = {}): Promise<ControlServer> {
  const server = await startControlServer();
  servers.push(server);
  const { url, token } = server;
  claimStackFolder(projectDir, { pid: process.pid, port, purpose: 'start', control: { url, token }, ...change });
  return server;
}

const find = (port?: string) => findStack(projectDir, 'doctor', port);

it('Without a local stack, a command says that nothing is running and how to start it', async () => {
  await expect(find()).rejects.toThrow('Nothing is running. Start the local stack with: npm start');
  await expect(find('3000')).rejects.toThrow('Nothing is running.');
});

it('A command finds the only local stack without its port', async () => {
  (await start(3000)).open({});
  expect((await find()).lock.port).toBe(3000);
  expect((await find('3000')).lock.port).toBe(3000);
  await expect(find('3001')).rejects.toThrow('No local stack is running on port 3001. There is one on: 3000');
});

it('A command asks for the port when two local stacks run', async () => {
  for (const port of [3000, 3001]) (await start(port)).open({});
  await expect(find()).rejects.toThrow(
    '2 local stacks are running, on ports 3000 and 3001. Choose one: npm run doctor -- --port 3000',
  );
  expect((await find('3001')).lock.port).toBe(3001);
});

it('A command says that a starting stack is not ready yet', async () => {
  await start(3000);
  await expect(find()).rejects.toThrow('The local stack on port 3000 is still starting.');
});

it('Another program with the process ID of a killed stack is not taken for that stack', async () => {
  (await start(3000, { control: { url: 'http://127.0.0.1:1', token: 'gone' } })).open({});
  const other = await start(3001);
  other.open({});
  await start(3002, { control: { url: other.url, token: 'of another stack' } });
  expect((await listStacks(projectDir)).map(({ lock }) => lock.port)).toEqual([3001]);
  // So that a new stack may have its port.
  await removeAbandoned(projectDir);
  expect(readLocks(projectDir).map(({ lock }) => lock.port)).toEqual([3001]);
});

it('A command does not use the stack of a demo', async () => {
  (await start(3000, { purpose: 'demo' })).open({});
  expect(await listStacks(projectDir)).toEqual([]);
});

describe('what a stack is asked to do', () => {
  it('A request to a stack is answered, or refused with the reason', async () => {
    (await start(3000)).open({
      send: async (input) => ({ got: input }),
      refuse: async () => {
        throw new ControlError('there is no such record');
      },
    });
    const stack = await find();
    expect(await askStack(stack, 'send', { email: 'jane@example.com' })).toEqual({
      got: { email: 'jane@example.com' },
    });
    await expect(askStack(stack, 'refuse', {})).rejects.toThrow('there is no such record');
    await expect(askStack(stack, 'fly', {})).rejects.toThrow('the running stack does not know this command');
  });

  it('A stack refuses requests from programs that cannot read its lock', async () => {
    const { url, open } = await start(3000);
    const send = jest.fn(async () => ({}));
    open({ send });
    for (const authorization of ['', 'Bearer ', 'Bearer guessed']) {
      const response = await fetch(`${url}/send`, { method: 'POST', body: '{}', headers: { authorization } });
      expect([response.status, await response.text()]).toEqual([401, '{}']);
    }
    expect(send).not.toHaveBeenCalled();
  });
});
