import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { type CallLog, createCallLog } from './call-log.ts';
import { createCursors } from './cursor.ts';
import { createFaults, type Faults } from './faults.ts';
import { handleCall } from './handle-call.ts';
import { createRateLimiter } from './rate-limit.ts';
import { createSearchLimiter } from './search-limit.ts';
import type { SimulatorSettings } from './settings.ts';
import { createSimulatorState, type SimulatorState } from './state.ts';

export type SimulatorOptions = Partial<SimulatorSettings> & {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly now?: () => number;
  readonly cursorSecret?: string;
  /** Waits for `delay` faults and latency; `signal` aborts when the simulator closes. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type HubSpotSimulator = {
  readonly url: string;
  readonly state: SimulatorState;
  readonly settings: SimulatorSettings;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** What a correct client never does, in words. Empty at the end of every good run. */
  readonly violations: readonly string[];
  /** Ends open connections too, hanging ones included. Safe to repeat. */
  close(): Promise<void>;
};

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = `Port ${port} on ${host} is in use: stop what listens there, or choose another port`;
      reject(error.code === 'EADDRINUSE' ? new Error(inUse, { cause: error }) : error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The simulator has no TCP address'));
      else resolve(address);
    });
  });
}

/**
 * Starts a strict replacement for the part of HubSpot's API that this project uses: only dated paths of version 2026-09, with
 * HubSpot's rows, error bodies, scopes and rate limits, and the pages on which an app is connected.
 *
 * @throws if the port is taken
 */
export async function startHubSpotSimulator(options: SimulatorOptions = {}): Promise<HubSpotSimulator> {
  const { port = 0, host = '127.0.0.1', now = Date.now, sleep = defaultSleep } = options;
  const settings: SimulatorSettings = {
    burstLimit: options.burstLimit ?? 190,
    dailyLimit: options.dailyLimit ?? 625_000,
    burstLimitByRoute: options.burstLimitByRoute ?? {},
    recordLifecycle: options.recordLifecycle ?? 'closed',
    notFoundBody: options.notFoundBody ?? 'json',
    errorShape: options.errorShape ?? 'legacy',
    batchErrorStatus: options.batchErrorStatus ?? 207,
    batchErrorIds: options.batchErrorIds ?? 'named',
    unknownCallback: options.unknownCallback ?? 'byRoute',
    completionPolicy: options.completionPolicy ?? 'allOrNothing',
    completionReply: options.completionReply ?? '204',
    callbackKnownAfterMs: options.callbackKnownAfterMs ?? 0,
    assignedDate: options.assignedDate ?? {},
    historyOfNone: options.historyOfNone ?? 'empty',
    oauthErrorShape: options.oauthErrorShape ?? 'rfc6749',
    rotateRefreshTokens: options.rotateRefreshTokens ?? false,
    tokenReplyOmitsHubId: options.tokenReplyOmitsHubId ?? false,
    introspectionOmitsAll: options.introspectionOmitsAll ?? false,
    staticTokenInfo: options.staticTokenInfo ?? 'absent',
    emailFilter: options.emailFilter ?? 'exact',
    searchLagMs: options.searchLagMs ?? 0,
    searchLimit: options.searchLimit ?? 5,
    latencyMs: options.latencyMs ?? 0,
    propertiesLatencyMs: options.propertiesLatencyMs ?? 0,
    propertyTextLength: options.propertyTextLength ?? 0,
  };
  const state = createSimulatorState(now);
  const violations: string[] = [];
  const { faults, take } = createFaults();
  const { log, record } = createCallLog();
  const closing = new AbortController();
  let url = '';

  const handling = {
    state,
    settings,
    violations,
    cursors: createCursors(options.cursorSecret ?? randomBytes(32).toString('hex')),
    baseUrl: () => url,
    recordCall: record,
    takeFault: take,
    admit: createRateLimiter(settings, now).admit,
    admitSearch: createSearchLimiter(settings, now),
    sleep: (ms: number) => sleep(ms, closing.signal),
  };
  const server = createServer((request, response) => {
    handleCall(handling, request, response).catch((error: unknown) => {
      // A client that disconnected, or the closing of the simulator, is not its fault.
      if (!closing.signal.aborted && !request.socket.destroyed) {
        violations.push(`simulator failed: ${request.method} ${error instanceof Error ? error.message : 'unknown'}`);
      }
      response.destroy();
    });
  });
  const address = await listen(server, port, host);
  url = `http://${host}:${address.port}`;

  async function close(): Promise<void> {
    if (closing.signal.aborted) return;
    closing.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  return { url, state, settings, faults, calls: log, violations, close };
}

async function defaultSleep(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal });
}
