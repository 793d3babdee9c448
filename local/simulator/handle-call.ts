import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, refusePortal, routeRequest } from './admission.ts';
import { answer, send } from './answer.ts';
import type { Call } from './call-log.ts';
import type { Cursors } from './cursor.ts';
import type { Fault } from './fault.ts';
import { handleOpenCall } from './handle-open-call.ts';
import type { RateVerdict } from './rate-limit.ts';
import { readBody } from './read-body.ts';
import { refuse, toNotFound } from './replies.ts';
import { pathOf } from './request-target.ts';
import type { RouteName } from './routes/route-name.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Portal, SimulatorState, TokenGrant } from './state.ts';

export type CallHandling = {
  readonly state: SimulatorState;
  readonly settings: SimulatorSettings;
  readonly violations: string[];
  readonly cursors: Cursors;
  readonly baseUrl: () => string;
  readonly recordCall: (call: Call) => void;
  readonly takeFault: (route: RouteName, portalId: number | undefined) => Fault | undefined;
  readonly admit: (portal: Portal, grant: TokenGrant, burstLimit?: number) => RateVerdict;
  readonly admitSearch: (portal: Portal) => RateVerdict;
  readonly sleep: (ms: number) => Promise<void>;
};

const TOO_LARGE = refuse(413, 'VALIDATION_ERROR', 'The request body is too large');

/** One call, in the order HubSpot's edge works: path, token, rate limit, account, and only then the route itself. */
export async function handleCall(
  handling: CallHandling,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { state, settings } = handling;
  const { method = '', url = '' } = request;
  const contentType = request.headers['content-type'] ?? '';
  const call: Call = {
    atEpochMs: state.now(),
    method,
    path: pathOf(url),
    route: undefined,
    portalId: undefined,
    status: undefined,
  };
  handling.recordCall(call);
  const onStatus = (status: number): void => {
    call.status = status;
  };
  const plain = { response, headers: {}, onStatus };

  const body = await readBody(request);
  const routed = routeRequest(method, url, body !== '', settings.recordLifecycle);
  if ('violation' in routed) {
    handling.violations.push(routed.violation);
    return send(plain, routed.reply);
  }
  const { route, parameters, target } = routed;
  call.route = route.name;
  if ('handleOpen' in route) {
    if (body === 'tooLarge') return send(plain, TOO_LARGE);
    return handleOpenCall(handling, route, { call, plain, query: target.query, contentType, body });
  }

  const opened = authenticate(state, request.headers.authorization);
  if (!('portal' in opened)) return send(plain, opened);
  const { portal, grant } = opened;
  call.portalId = portal.portalId;

  const { headers, refusal } =
    route.name === 'POST objects search'
      ? handling.admitSearch(portal)
      : handling.admit(portal, grant, settings.burstLimitByRoute[route.name]);
  const answering = { response, headers, onStatus };
  const latencyMs = settings.latencyMs + (route.name === 'GET properties' ? settings.propertiesLatencyMs : 0);
  if (latencyMs > 0) await handling.sleep(latencyMs);
  const standing = refusal ?? refusePortal(portal, grant);
  if (standing !== undefined) return send(answering, standing);
  if (body === 'tooLarge') return send(answering, TOO_LARGE);

  return answer(
    answering,
    handling.takeFault(route.name, portal.portalId),
    () => {
      const reply = route.handle({
        portal,
        grant,
        parameters,
        query: target.query,
        contentType,
        body,
        nowEpochMs: state.now(),
        settings,
        cursors: handling.cursors,
        ids: state.ids,
        blocked: state.blocked,
        baseUrl: handling.baseUrl(),
      });
      return reply.status === 404 ? toNotFound(reply, settings.notFoundBody) : reply;
    },
    handling.sleep,
  );
}
