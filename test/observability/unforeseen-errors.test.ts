import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { build } from 'esbuild';
import { createHandler as createAssignHandler } from '../../functions/assign-owners.ts';
import { createHandler as createExplainHandler } from '../../functions/explain-owner.ts';
import { createHandler as createStrandedHandler } from '../../functions/fail-stranded.ts';
import { createHandler as createFindHandler } from '../../functions/find-owner-by-email.ts';
import { createHandler as createForgetHandler } from '../../functions/forget-portal.ts';
import { createHandler as createHandOverHandler } from '../../functions/hand-over.ts';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import { createHandler as createResolveHandler } from '../../functions/resolve-owners.ts';
import { createHandler as createScheduleHandler } from '../../functions/schedule-owner-refresh.ts';
import { createHandler as createAliasHandler } from '../../functions/set-alias.ts';
import { createHandler as createSuccessorHandler } from '../../functions/set-successor.ts';
import { createHandler as createStartInstallHandler } from '../../functions/start-install.ts';
import { readBundleSettings } from '../../infra/bundle/settings.ts';
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
    const runtime = { runRefresh: () => stumble(), now: () => 0 } as unknown as SyncRuntime;
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

type Invoked = (event: object, context: ReturnType<typeof makeContext>) => Promise<unknown>;
type Create = (telemetry: ReturnType<typeof makeTelemetry>, runtime: () => Promise<never>) => Invoked;

const FAILING = ['scheduleSync', 'processExecutions', 'handleDeadLetters', 'setSuccessor', 'setAlias', 'explainOwner'];
/** Whatever a function asks of it fails. */
const BROKEN = {
  now: () => 0,
  control: { listAll: () => stumble() },
  ...Object.fromEntries([...FAILING, 'resolveOwners', 'forgetPortal'].map((name) => [name, stumble])),
};
const portalId = '1';

it.each<[string, unknown, object]>([
  ['assignOwners', createAssignHandler, { Records: [] }],
  ['failStranded', createStrandedHandler, { Records: [] }],
  ['scheduleOwnerRefresh', createScheduleHandler, {}],
  ['setSuccessor', createSuccessorHandler, { portalId, leaver: '1', successor: '2' }],
  ['setAlias', createAliasHandler, { portalId, alias: 'a@example.com', to: '1' }],
  ['explainOwner', createExplainHandler, { portalId, value: 'a@example.com' }],
  ['resolveOwners', createResolveHandler, { portalId, emails: ['a@example.com'] }],
  ['forgetPortal', createForgetHandler, { portalId }],
  ['handOver', createHandOverHandler, { portalId }],
])(
  '[W16] An unexpected error of %s is logged without a value, and Lambda, which logs what is thrown, gets none either',
  async (_name, create, event) => {
    const telemetry = makeTelemetry();
    const handler = (create as Create)(telemetry, async () => BROKEN as never);
    const thrown = jest.fn();
    expect(await logOf(() => handler(event, makeContext()).catch(thrown))).toMatchObject({
      code: 'UNEXPECTED',
      ...FULL,
    });
    expect(thrown).toHaveBeenCalledTimes(1);
    expect(inspect(thrown.mock.calls, { depth: 9 })).not.toContain('jane@');
    expect(telemetry.counted).toContainEqual({ name: 'UnexpectedError', dimensions: {} });
  },
);

it('[W16] The frames of an unexpected error name our functions in the bundle that is deployed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'names-'));
  const outfile = join(folder, 'set-owner-by-email.cjs');
  const entryPoints = ['functions/set-owner-by-email.ts'];
  await build({ ...readBundleSettings(PROJECT_DIR), entryPoints, outfile });
  const { createHandler } = createRequire(outfile)(outfile) as typeof import('../../functions/set-owner-by-email.ts');
  await rm(folder, { recursive: true });
  const event = {
    ...makeEvent({ body: '{}', nowEpochMs: 0 }),
    get body(): string {
      throw new TypeError(VALUE);
    },
  };
  const { stack } = await logOf(() => createHandler(makeTelemetry(), stumble)(event, makeContext()));
  const [, ...frames] = stack?.split(' < ') ?? [];
  expect(frames.slice(0, 2)).toEqual([
    expect.stringMatching(/^bodySize \(set-owner-by-email\.cjs:\d+:\d+\)$/),
    expect.stringMatching(/^requireSignatureBefore \(set-owner-by-email\.cjs:\d+:\d+\)$/),
  ]);
});
