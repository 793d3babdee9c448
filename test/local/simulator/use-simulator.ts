import {
  type HubSpotSimulator,
  type SimulatorOptions,
  startHubSpotSimulator,
} from '../../../local/simulator/hubspot-simulator.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { type FakeClock, makeClock } from '../../support/clock.ts';

export const PORTAL_ID = 8_200_001;
export const TOKEN = 'token-of-the-portal';

export type Running = {
  readonly simulator: HubSpotSimulator;
  readonly clock: FakeClock;
  call(path: string, init?: RequestInit & { readonly token?: string }): Promise<Response>;
  patch(path: string, properties: Readonly<Record<string, unknown>>): Promise<Response>;
  post(path: string, body: unknown, token?: string): Promise<Response>;
};

/** A simulator with one portal for each test of the file. Answers a function that gives the current one. */
export function useSimulator(options: SimulatorOptions = {}): () => Running {
  let running: Running | undefined;

  beforeEach(async () => {
    const clock = makeClock();
    const simulator = await startHubSpotSimulator({ now: clock.now, ...options });
    addPortal(simulator.state, { portalId: PORTAL_ID, token: TOKEN });
    const call: Running['call'] = (path, { token = TOKEN, ...init } = {}) =>
      fetch(`${simulator.url}${path}`, { ...init, headers: { Authorization: `Bearer ${token}`, ...init.headers } });
    const send = (method: string, path: string, body: unknown, token = TOKEN) =>
      call(path, { method, token, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
    running = {
      simulator,
      clock,
      call,
      patch: (path, properties) => send('PATCH', path, { properties }),
      post: (path, body, token) => send('POST', path, body, token),
    };
  });

  afterEach(async () => {
    await running?.simulator.close();
    running = undefined;
  });

  return () => {
    if (running === undefined) throw new Error('The simulator runs only inside a test');
    return running;
  };
}
