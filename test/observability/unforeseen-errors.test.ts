import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { createHandler as createFindHandler } from '../../functions/find-owner-by-email.ts';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import { createHandler as createStartInstallHandler } from '../../functions/start-install.ts';
import type { describeError } from '../../lib/domain/describe-error.ts';
import { StoreUnavailableError } from '../../lib/domain/errors.ts';
import type { SyncRuntime } from '../../lib/runtime/sync-runtime.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { makeContext, makeEvent } from '../support/http-events.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

const VALUE = 'jane@example.com pat-test-1';

/** Breaks as code does that nobody thought of, and quotes what it stumbled over. */
async function stumble(): Promise<never> {
  const cause = Object.assign(new Error(`${VALUE} is unknown`), { code: 'ENOTFOUND' });
  throw new TypeError(`cannot read ${VALUE}\nof ${VALUE}`, { cause });
}

async function logOf(work: () => Promise<unknown>): Promise<Record<string, string>> {
  const mark = CAPTURED_LINES.length;
  await work();
  const [line = '{}'] = CAPTURED_LINES.slice(mark).filter((each) => each.includes('"level":"ERROR"'));
  return JSON.parse(line);
}

const FULL = {
  reason: 'TypeError',
  stack: expect.stringMatching(/^stumble \(unforeseen-errors\.test\.ts:\d+:\d+\)/),
  causes: expect.stringMatching(/^Error\[ENOTFOUND\] < stumble \(/),
};

describe('[W16] Unexpected errors', () => {
  it('An unexpected error is logged with its name, frames and causes but no value when HubSpot waits for the answer', async () => {
    const handler = createFindHandler(makeTelemetry(), stumble);
    const event = makeEvent({ route: '/actions/find-owner-by-email', body: '{}', nowEpochMs: 0 });
    expect(await logOf(() => handler(event, makeContext()))).toMatchObject({ code: 'INTERNAL_ERROR', ...FULL });
  });

  it('An unexpected error is logged with its name, frames and causes but no value when a person waits for a page', async () => {
    const handler = createStartInstallHandler(makeTelemetry(), stumble);
    const event = makeEvent({ route: '/oauth/install', method: 'GET', nowEpochMs: 0 });
    expect(await logOf(() => handler(event, makeContext()))).toMatchObject({ code: 'INTERNAL_ERROR', ...FULL });
  });

  it('An unexpected error is logged with its name, frames and causes but no value when a refresh fails behind its queue', async () => {
    const runtime = {
      isForgotten: async () => false,
      syncOwners: stumble,
      now: () => 0,
    } as unknown as SyncRuntime;
    const handler = createRefreshHandler(makeTelemetry(), async () => runtime);
    const order = { version: 1, portalId: '1', runId: 'r', requestedAtEpochMs: 1, force: false, continuations: 0 };
    const event = { Records: [{ messageId: 'm', body: JSON.stringify(order) }] } as never;
    expect(await logOf(() => handler(event, makeContext()))).toMatchObject({ code: 'UNEXPECTED', ...FULL });
  });

  it('An unexpected error is logged with its name, frames and causes but no value when it is the cause of another error', async () => {
    const handler = createFindHandler(makeTelemetry(), async () => {
      throw new StoreUnavailableError('The table could not be read', {
        cause: await stumble().catch((error) => error),
      });
    });
    const event = makeEvent({ route: '/actions/find-owner-by-email', body: '{}', nowEpochMs: 0 });
    expect(await logOf(() => handler(event, makeContext()))).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      reason: 'The table could not be read',
      causes: expect.stringMatching(/^TypeError < stumble \(.* <- Error\[ENOTFOUND\]/),
    });
  });
});

type Bundle = { readonly nameOfOurs: string; run(): ReturnType<typeof describeError> };

it('[W16] The names of functions and errors are kept in the bundle, so that a frame can be read', async () => {
  const { outputFileExtension, outputWorkFolder, exclude, ...settings } = JSON.parse(
    await readFile(join(PROJECT_DIR, 'esbuild.config.json'), 'utf8'),
  ) as BuildOptions & { outputFileExtension: string; outputWorkFolder: string; exclude: readonly string[] };
  const contents = `
    import { describeError } from './lib/domain/describe-error.ts';
    import { ConfigError } from './lib/domain/errors.ts';
    function readOwner(row) { const { owner } = row; return owner.id; }
    class Table { get(row) { const id = readOwner(row); return String(id); } }
    export const nameOfOurs = new ConfigError('x').name;
    export function run() { try { return new Table().get({}); } catch (error) { return describeError(error); } }
  `;
  const folder = await mkdtemp(join(tmpdir(), 'names-'));
  const outfile = join(folder, `any${outputFileExtension}`);
  await build({ ...settings, stdin: { contents, resolveDir: PROJECT_DIR, loader: 'ts' }, outfile });
  const { nameOfOurs, run } = createRequire(outfile)(outfile) as Bundle;
  const { stack } = run();
  await rm(folder, { recursive: true });
  expect(nameOfOurs).toBe('ConfigError');
  expect(stack).toMatch(/^readOwner \(any\.cjs:\d+:\d+\) < Table\.get \(any\.cjs:\d+:\d+\) < run \(any\.cjs:\d+:\d+\)/);
});
