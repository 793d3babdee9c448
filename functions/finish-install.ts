import type { Context } from 'aws-lambda';
import { CALLBACK_ROUTE, CONNECTED_ROUTE } from '../lib/domain/app-urls.ts';
import { readDeadline } from '../lib/domain/deadline.ts';
import { type HttpResult, pathOf } from '../lib/http/http-event.ts';
import { answerInstall, ENDED_HEADERS, endedHeaders } from '../lib/http/install/answer-install.ts';
import { type CallbackEvent, installCookies, readCallback } from '../lib/http/install/callback.ts';
import { createPageHandler } from '../lib/http/install/error-pages.ts';
import { answerPage } from '../lib/http/install/layout.ts';
import { nothingToInstallPage } from '../lib/http/install/pages.ts';
import type { InstallServices } from '../lib/http/install/services.ts';
import { createConnectedHandler } from '../lib/http/install/show-connected.ts';
import { verifyState } from '../lib/http/install/state.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { lazyInstallRuntime } from '../lib/runtime/install-runtime.ts';

const TIME_FOR_HUBSPOT = {
  /** A person waits, and API Gateway gives up after 30 seconds. */
  mostMs: 15_000,
  /** For storing the tokens, queueing the first refresh and answering. */
  marginMs: 8_000,
};

type Handler = (event: CallbackEvent, context: Context) => Promise<HttpResult>;

/** The callback from HubSpot, and the page that it leads to. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<InstallServices | undefined>): Handler {
  const finish = createCallbackHandler(telemetry, runtime);
  const show = createConnectedHandler(telemetry, runtime);
  return async (event, context) =>
    pathOf(event).endsWith(CONNECTED_ROUTE) ? show(event, context) : finish(event, context);
}

/** `GET /oauth/callback`: takes the administrator back from HubSpot, connects the portal and says what happened. */
function createCallbackHandler(telemetry: Telemetry, runtime: () => Promise<InstallServices | undefined>) {
  return createPageHandler<CallbackEvent>(telemetry, CALLBACK_ROUTE, ENDED_HEADERS).handler(async (event, context) => {
    const services = await runtime();
    if (services === undefined) return answerPage(event, nothingToInstallPage, ENDED_HEADERS);
    const { stateKey, now, finishInstall } = services;
    const { state: given, ...back } = readCallback(event);
    const cookies = installCookies(event);
    const state = verifyState(given, cookies, { stateKey, nowEpochMs: now() });
    const end = await finishInstall({ ...back, state }, readDeadline(context, now(), TIME_FOR_HUBSPOT));
    return answerInstall(event, end, services, endedHeaders(state, cookies));
  });
}

const telemetry = createTelemetry('finishInstall');
export const handler = createHandler(telemetry, lazyInstallRuntime(telemetry));
