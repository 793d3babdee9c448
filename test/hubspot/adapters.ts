import { type Deadline, toDeadline } from '../../lib/domain/deadline.ts';
import { createWorkflowCallbacks } from '../../lib/hubspot/api/callbacks.ts';
import { createOwnersApi } from '../../lib/hubspot/api/owners.ts';
import { createRecordBatches } from '../../lib/hubspot/api/record-batches.ts';
import { createCrmRecords } from '../../lib/hubspot/api/records.ts';
import { createPortalClient, type SendForPortal } from '../../lib/hubspot/client.ts';
import { createStaticTokens } from '../../lib/hubspot/static-tokens.ts';
import type { HubSpotReply, HubSpotRequest } from '../../lib/hubspot/transport.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
import type { Log, Metrics } from '../../lib/ports/telemetry.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { makeOpenPermits } from '../support/open-permits.ts';
import { portalId, reply } from './gateway.ts';

export const PORTAL = 8_200_001;
export const PORTAL_ID = portalId(PORTAL);
export const TOKEN = 'pat-test-8200001';

export type Adapters = ReturnType<typeof makeAdapters> & {
  readonly send: SendForPortal;
  readonly simulator: HubSpotSimulator;
  readonly clock: FakeClock;
};

/** The adapters over the real gateway and a simulator with one portal, anew for each test of the file. */
export function useAdapters(): () => Adapters {
  let current: Adapters | undefined;
  const get = () => {
    if (current === undefined) throw new Error('the adapters exist only inside a test');
    return current;
  };

  beforeEach(async () => {
    const clock = makeClock();
    const simulator = await startHubSpotSimulator({ now: clock.now });
    addPortal(simulator.state, { portalId: PORTAL, token: TOKEN });
    const send = createPortalClient({
      transport: createTransport(),
      tokens: createStaticTokens(new Map([[PORTAL_ID, TOKEN]])),
      rateLimiter: makeOpenPermits(clock.now, clock.sleep),
      now: clock.now,
      sleep: clock.sleep,
      random: () => 0,
      metrics: SILENT_METRICS,
      log: makeLog().log,
    });
    current = { ...makeAdapters(send, simulator.url, toDeadline(clock.now() + 8_000)), send, simulator, clock };
  });

  afterEach(async () => {
    const { simulator } = get();
    current = undefined;
    // Closed before anything can fail, or a failing test would keep the run from ending.
    await simulator.close();
    expect(simulator.violations).toEqual([]);
    expect(simulator.faults.unread()).toEqual([]);
  });

  return get;
}

/** The adapters over a gateway that always answers the same, with what was asked for beside them. */
export function makeAnswering(...replies: readonly Pick<HubSpotReply, 'status' | 'body'>[]) {
  const urls: string[] = [];
  const requests: HubSpotRequest[] = [];
  const adapters = makeAdapters(
    async (_portal, request) => {
      const answer = replies[Math.min(requests.length, replies.length - 1)];
      if (answer === undefined) throw new Error('there is no answer');
      urls.push(request.url);
      requests.push(request);
      return reply(answer.status, answer.body).reply;
    },
    'https://api.example.com',
    toDeadline(1),
  );
  return { ...adapters, urls, requests };
}

function makeAdapters(send: SendForPortal, apiBaseUrl: string, deadline: Deadline) {
  const { log, errors } = makeLog();
  return {
    owners: createOwnersApi(send, apiBaseUrl),
    records: createCrmRecords(send, apiBaseUrl, { log, metrics: SILENT_METRICS }),
    batches: createRecordBatches(send, apiBaseUrl, SILENT_METRICS),
    callbacks: createWorkflowCallbacks(send, apiBaseUrl),
    errors,
    deadline,
  };
}

const SILENT_METRICS: Metrics = { count() {}, measure() {} };

function makeLog(): { readonly log: Log; readonly errors: readonly string[] } {
  const errors: string[] = [];
  const nothing = () => {};
  return {
    log: { debug: nothing, info: nothing, warn: nothing, error: (message) => void errors.push(message) },
    errors,
  };
}
