import type { Digest } from '../../../lib/domain/digest.ts';
import { DigestNotSentError, StoreUnavailableError } from '../../../lib/domain/errors.ts';
import { notStarted } from '../../../lib/domain/nightly-handover.ts';
import type { RefreshReport } from '../../../lib/domain/owner-sync.ts';
import { createSendDigest } from '../../../lib/use-cases/owner-sync/send-digest.ts';
import { PORTAL_A, toOwnerId } from '../../builders/ids.ts';
import { createFakeOwnerSyncStore } from '../../fakes/owner-sync-store.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock } from '../../support/clock.ts';

const totals = { joined: 1, deactivated: 0, reactivated: 0, emailChanged: 0, teamChanged: 0, removed: 0 };
const REPORT = { totals, runId: 'run-1', unresolved: [], unresolvedTotal: 0, formerEmailsTotal: 0 } as never;
const QUIET = { ...(REPORT as object), totals: { ...totals, joined: 0 } } as never;

function setUp(publish: (digest: Digest) => Promise<void> = async () => undefined, nightly = 0) {
  const store = createFakeOwnerSyncStore(makeClock().now);
  const { lines, counts, log, metrics } = createFakeTelemetry();
  const sent: Digest[] = [];
  const topic = {
    async publish(digest: Digest) {
      sent.push(digest);
      await publish(digest);
    },
  };
  const send = (report: RefreshReport, hasTopic = true) =>
    createSendDigest({
      topic: hasTopic ? topic : undefined,
      withAddresses: false,
      pageUrl: undefined,
      reportNightly: async () => [{ ...notStarted(toOwnerId(1)), status: 'moved', moved: nightly }],
      store,
      metrics,
      log,
    })(PORTAL_A, report);
  return { send, sent, store, lines, counts };
}

it('A run sends one digest, however often it is repeated', async () => {
  const { send, sent, counts } = setUp();
  await send(REPORT);
  await send(REPORT);
  expect(sent).toHaveLength(1);
  expect(counts).toEqual(['Digests sent ×1']);
});

it('No digest is sent, and nothing is written, without a topic or when nothing happened', async () => {
  const { send, sent, store } = setUp();
  await send(REPORT, false);
  await send(QUIET);
  expect([sent, store.calls]).toEqual([[], []]);
});

it('A digest that cannot be sent is logged and counted, and does not fail the refresh', async () => {
  const { send, lines, counts } = setUp(async () => {
    throw new DigestNotSentError('SNS could not be reached');
  });
  await send(REPORT);
  expect([lines, counts]).toEqual([['error a digest could not be sent'], ['Digests failed ×1']]);
});

it('A digest does not fail the refresh while the table is away', async () => {
  const { send, sent, store, counts } = setUp();
  store.before = () => {
    throw new StoreUnavailableError('away');
  };
  await send(REPORT);
  expect([sent, counts]).toEqual([[], ['Digests failed ×1']]);
});

it('A fault of our own while a digest is sent is thrown', async () => {
  const { send } = setUp(async () => {
    throw new Error('a fault');
  });
  await expect(send(REPORT)).rejects.toThrow('a fault');
});

it('A digest is sent when nothing happened but that a nightly handover moved records', async () => {
  const { send, sent } = setUp(undefined, 3);
  await send(QUIET);
  expect(sent[0]?.email).toContain('Handed over in the last night: 3 records of 1 leaver');
});
