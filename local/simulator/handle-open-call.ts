import { type Answering, answer } from './answer.ts';
import type { Call } from './call-log.ts';
import type { Fault } from './fault.ts';
import type { OpenRoute } from './routes/open-route.ts';
import type { RouteName } from './routes/route-name.ts';
import type { SimulatorSettings } from './settings.ts';
import type { SimulatorState } from './state.ts';

export type OpenHandling = {
  readonly state: SimulatorState;
  readonly settings: SimulatorSettings;
  readonly violations: string[];
  readonly takeFault: (route: RouteName, portalId: number | undefined) => Fault | undefined;
  readonly sleep: (ms: number) => Promise<void>;
};

export type OpenCall = {
  readonly call: Call;
  readonly plain: Answering;
  readonly query: ReadonlyMap<string, string>;
  readonly contentType: string;
  readonly body: string;
};

/** A call without a bearer token: it counts against no rate limit, and its answer carries no rate headers. */
export async function handleOpenCall(handling: OpenHandling, route: OpenRoute, opened: OpenCall): Promise<void> {
  const { state, settings, violations } = handling;
  const { call, plain, query, contentType, body } = opened;
  const request = {
    state,
    settings,
    query,
    contentType,
    body,
    report: (violation: string) => void violations.push(`${violation}: ${call.method} ${call.path}`),
  };
  call.portalId = route.findPortalId?.(request);
  if (settings.latencyMs > 0) await handling.sleep(settings.latencyMs);
  const fault = handling.takeFault(route.name, call.portalId);
  return answer(plain, fault, () => route.handleOpen(request), handling.sleep);
}
