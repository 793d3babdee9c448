import { toDeadline } from '../../../lib/domain/deadline.ts';
import { RateLimitedError, StoreUnavailableError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { RefreshJob, RefreshOutcome, RefreshReport } from '../../../lib/domain/owner-sync.ts';
import { createRunRefresh } from '../../../lib/use-cases/owner-sync/run-refresh.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';

const STOP_AT = toDeadline(300_000);
const JOB: RefreshJob = { portalId: PORTAL_A, runId: 'run-1', requestedAtEpochMs: 7, force: false, continuations: 0 };
const report = (runId: string) => ({ runId }) as RefreshReport;
const REPEAT: RefreshOutcome = { kind: 'skipped', reason: 'done_already' };

/** @param forgotten what is found of the account before the refresh and after it */
function setUp(
  outcome: RefreshOutcome | Error,
  { forgotten = [false, false], last = 'run-1', nightlyFault = false, now = 7 } = {},
) {
  const steps: string[] = [];
  const found = [...forgotten];
  const runRefresh = createRunRefresh({
    syncOwners: async (_job, stopAt) => {
      steps.push(`sync until ${stopAt}`);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    store: {
      readState: async () => ({
        fence: 1,
        firstFence: 1,
        lastCompleteStartedAtEpochMs: 1,
        report: report(last),
      }),
    },
    isForgotten: async () => found.shift() ?? false,
    startNightly: async (_portal, requestedAt, stopAt) => {
      steps.push(`nightly of ${requestedAt} until ${stopAt}`);
      if (nightlyFault) throw new StoreUnavailableError('away');
    },
    sendDigest: async (_portal, { runId }) => void steps.push(`digest of ${runId}`),
    queue: {
      send: async (orders) =>
        void steps.push(
          ...orders.map(({ job, delaySeconds }) => `continue ${job.continuations} after ${delaySeconds} s`),
        ),
      sendPurges: async (ids, seconds) => void steps.push(`purge ${ids} after ${seconds} s`),
    },
    now: () => now,
    log: createFakeTelemetry().log,
  });
  return { steps, run: () => runRefresh(JOB, STOP_AT) };
}

it.each<[string, RefreshOutcome, string, readonly string[]]>([
  ['A complete refresh', { kind: 'done', report: report('run-1') }, 'run-1', ['digest of run-1']],
  ['A refresh that an earlier delivery completed', REPEAT, 'run-1', ['digest of run-1']],
  ['A refresh that another run made unnecessary', REPEAT, 'run-2', []],
])('%s is followed by the nightly handovers and the digest of its own run', async (_what, outcome, last, digests) => {
  const { run, steps } = setUp(outcome, { last });
  expect(await run()).toBe(outcome);
  expect(steps).toEqual(['sync until 300000', 'nightly of 7 until 300000', ...digests]);
});

it('The digest is sent even if the nightly handovers could not be started, and the job fails', async () => {
  const { run, steps } = setUp({ kind: 'done', report: report('run-1') }, { nightlyFault: true });
  await expect(run()).rejects.toThrow('away');
  expect(steps.at(-1)).toBe('digest of run-1');
});

it('A refresh without time left is continued, and nothing else is done', async () => {
  const { run, steps } = setUp({ kind: 'toBeContinued', job: { ...JOB, continuations: 1 } });
  await run();
  expect(steps).toEqual(['sync until 300000', 'continue 1 after 0 s']);
});

it.each<RefreshOutcome>([
  { kind: 'refused', reason: 'shrunk' },
  { kind: 'skipped', reason: 'another_run' },
  { kind: 'skipped', reason: 'not_connected' },
])('A refresh that was not done starts no handover and sends no digest: %j', async (outcome) => {
  const { run, steps } = setUp(outcome);
  await run();
  expect(steps).toEqual(['sync until 300000']);
});

it('A forgotten account is not refreshed', async () => {
  const { run, steps } = setUp({ kind: 'done', report: report('run-1') }, { forgotten: [true] });
  expect(await run()).toEqual({ kind: 'skipped', reason: 'not_connected' });
  expect(steps).toEqual([]);
});

it('What a refresh wrote of an account that was forgotten meanwhile is deleted', async () => {
  const { run, steps } = setUp({ kind: 'done', report: report('run-1') }, { forgotten: [false, true] });
  await run();
  expect(steps).toEqual(['sync until 300000', `purge ${PORTAL_A} after 60 s`]);
});

const DAY_MS = 86_400_000;
const LIMIT = new RateLimitedError(3_000);
it.each<[string, Error, number, boolean]>([
  ['is put back when HubSpot says when to retry', LIMIT, JOB.requestedAtEpochMs + DAY_MS, true],
  ['fails a day later, because another night has queued its own', LIMIT, JOB.requestedAtEpochMs + DAY_MS + 1, false],
  ['fails when nobody knows how long it takes', new UpstreamUnavailableError('http_502'), 7, false],
  ['fails at a programming mistake', new TypeError('a mistake'), 7, false],
])('[H12] A refresh that cannot be done now %s', async (_what, error, now, isPutBack) => {
  const { run, steps } = setUp(error, { now });
  const end = await run().catch((thrown: unknown) => thrown);
  expect(end).toBe(isPutBack ? undefined : error);
  expect(steps.slice(1)).toEqual(isPutBack ? ['continue 0 after 3 s'] : []);
});
