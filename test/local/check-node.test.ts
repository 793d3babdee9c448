import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { PROJECT_DIR } from '../architecture/imports.ts';

const FILE = 'local/check-node.cjs';
const { scripts } = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

/** Loads it before a program that prints `ran`, as the npm scripts do. */
async function load(folder: string, ...flags: readonly string[]): Promise<{ output: string; code: number }> {
  const args = [...flags, '-r', `./${FILE}`, '-e', 'process.stdout.write("ran")'];
  // Without what the test run loads into programs, which is TypeScript.
  const env = { ...process.env, NODE_OPTIONS: '' };
  return promisify(execFile)(process.execPath, args, { cwd: folder, env }).then(
    ({ stdout, stderr }) => ({ output: `${stdout}${stderr}`, code: 0 }),
    ({ stdout, stderr, code }) => ({ output: `${stdout}${stderr}`, code }),
  );
}

it('Programs start on a Node that runs TypeScript', async () => {
  expect(await load(PROJECT_DIR)).toEqual({ output: 'ran', code: 0 });
});

it('On a Node that does not run TypeScript, one line says which Node is needed, and nothing starts', async () => {
  const { output, code } = await load(PROJECT_DIR, '--no-experimental-strip-types');

  expect(code).toBe(1);
  expect(output).toBe(
    `Node 22.18 or newer is needed, and this is Node ${process.versions.node}. Run npm ci --ignore-scripts=false, which installs Node 24 for this project, or install Node 24.\n`,
  );
});

it('One line says that the packages are not installed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'check-node-'));
  mkdirSync(join(folder, 'local'));
  cpSync(join(PROJECT_DIR, FILE), join(folder, FILE));

  const { output, code } = await load(folder);
  rmSync(folder, { recursive: true });

  expect({ output, code }).toEqual({ output: 'The packages are not installed. Run npm ci.\n', code: 1 });
});

it.each([
  ['none', {}],
  ['another host', { no_proxy: 'example.com' }],
  ['another host, in capitals', { NO_PROXY: 'example.com' }],
])(
  'What runs on this machine is asked without the proxy that Node uses, if NO_PROXY names %s',
  async (_what, given) => {
    const server = createServer((_request, response) => response.end('reached')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = `fetch('http://127.0.0.1:${port}').then((reply) => reply.text()).then(console.log, ({ cause }) => console.log(cause.code))`;
    // Nothing listens there.
    const proxy = {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: 'http://127.0.0.1:9',
      no_proxy: '',
      NO_PROXY: '',
      NODE_OPTIONS: '',
    };
    const env = { ...process.env, ...proxy, ...given };
    const { stdout } = await promisify(execFile)(process.execPath, ['-r', `./${FILE}`, '-e', ask], {
      cwd: PROJECT_DIR,
      env,
    });
    expect(stdout).toBe('reached\n');
    server.close();
  },
);

it('The check of the Node version is JavaScript that Node 14 can parse', async () => {
  const source = readFileSync(join(PROJECT_DIR, FILE), 'utf8');
  const [old, asItIs] = await Promise.all(
    ['node14', 'esnext'].map((target) => transform(source, { target, loader: 'js' })),
  );
  expect(old?.code).toBe(asItIs?.code);
});

it('The check of the Node version precedes every npm script that runs our TypeScript', () => {
  const ours = Object.entries(scripts).filter(
    ([name, command]) => /\b(local|bench)\/\S+\.ts\b/.test(command) || ['test', 'check'].includes(name),
  );
  expect(ours.length).toBeGreaterThan(7);
  const unchecked = ours.filter(
    ([, command]) => !command.startsWith(`node -r ./${FILE} `) && !command.startsWith(`node ${FILE} && `),
  );
  expect(unchecked).toEqual([]);
});
