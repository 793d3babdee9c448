import middy, { type MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import { CALLBACK_ROUTE, CONNECTED_ROUTE } from '../lib/domain/app-urls.ts';
import { RequestError } from '../lib/http/http-errors.ts';
import { type HttpResult, pathOf } from '../lib/http/http-event.ts';
import {
  type CallbackEvent,
  CLEAR_INSTALL_COOKIE,
  installCookies,
  readCallback,
} from '../lib/http/install/callback.ts';
import { sealView } from '../lib/http/install/connected-token.ts';
import { showErrorsAsPages } from '../lib/http/install/error-pages.ts';
import { answerPage, type Page } from '../lib/http/install/layout.ts';
import { codeRefusedPage, deniedPage, nothingToInstallPage, statePage } from '../lib/http/install/pages.ts';
import { type InstallServices, installDeadline } from '../lib/http/install/services.ts';
import { createConnectedHandler, VIEW_PARAMETER } from '../lib/http/install/show-connected.ts';
import { verifyState } from '../lib/http/install/state.ts';
import type { PageTexts } from '../lib/http/install/texts.ts';
import { type HttpMiddleware, mapErrors, requestScope, requireRoute } from '../lib/http/middleware.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { lazyInstallRuntime } from '../lib/runtime/install-runtime.ts';
import type { InstallResult } from '../lib/use-cases/portals/install-portal.ts';

/** An install is over when HubSpot has sent the browser back, however it ended. */
const HEADERS = { 'set-cookie': CLEAR_INSTALL_COOKIE };

/** How an install ended, as it is counted: one for each browser that came back, except to an address that is none. */
type InstallOutcome = 'connected' | 'denied' | 'state_refused' | 'code_refused' | 'failed';

type Handler = (event: CallbackEvent, context: Context) => Promise<HttpResult>;

/** The way back from HubSpot, and the page that it leads to. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<InstallServices | undefined>): Handler {
  const finish = createCallbackHandler(telemetry, runtime);
  const show = createConnectedHandler(telemetry, runtime);
  return async (event, context) =>
    pathOf(event).endsWith(CONNECTED_ROUTE) ? show(event, context) : finish(event, context);
}

/** `GET /oauth/callback`: takes the administrator back from HubSpot, connects the portal and says what happened. */
function createCallbackHandler(
  telemetry: Telemetry,
  runtime: () => Promise<InstallServices | undefined>,
): MiddyfiedHandler<CallbackEvent, HttpResult, Error, Context> {
  const { log, metrics } = telemetry;
  const count = (outcome: InstallOutcome) => metrics.count('PortalInstalls', { outcome });
  return middy<CallbackEvent, HttpResult, Error, Context>()
    .use(requestScope(telemetry))
    .use(showErrorsAsPages(HEADERS))
    .use(mapErrors(telemetry))
    .use(countFailures(() => count('failed')))
    .use(requireRoute('GET', CALLBACK_ROUTE))
    .handler(async (event, context) => {
      const services = await runtime();
      if (services === undefined) return answerPage(event, nothingToInstallPage, HEADERS);
      const answer = (toPage: (texts: PageTexts) => Page) => answerPage(event, toPage, HEADERS);
      const { stateKey, now, installPortal } = services;
      const { state, code, error, errorDescription } = readCallback(event);
      const verdict = verifyState(state, installCookies(event), { stateKey, nowEpochMs: now() });
      if (error !== undefined) {
        // Anybody can open this address with an error of their own; HubSpot's comes with our state.
        count(verdict.valid ? 'denied' : 'state_refused');
        log.info('install denied', { isOurs: verdict.valid });
        return answer((texts) => deniedPage(error, verdict.valid ? errorDescription : undefined, texts));
      }
      if (!verdict.valid || code === undefined) {
        const reason = verdict.valid ? 'missing' : verdict.reason;
        count(verdict.valid ? 'code_refused' : 'state_refused');
        log.warn('install refused', { reason: verdict.valid ? 'code_missing' : reason });
        return answer((texts) => statePage(reason, texts));
      }
      const result = await installPortal({ ...verdict, code }, installDeadline(context, now));
      count(OUTCOMES[result.kind]);
      log.info('install ended', { outcome: result.kind });
      if (result.kind === 'connected') return sendToPage(sealView(result, { ...services, nowEpochMs: now() }));
      return answer((texts) => (result.kind === 'stateUsed' ? statePage('used', texts) : codeRefusedPage(texts)));
    });
}

const OUTCOMES: Readonly<Record<InstallResult['kind'], InstallOutcome>> = {
  connected: 'connected',
  stateUsed: 'state_refused',
  codeRefused: 'code_refused',
};

/** Whatever is thrown by an install that had begun: HubSpot, the table or our configuration did not do their part. */
function countFailures(count: () => void): HttpMiddleware {
  return {
    onError: function countFailuresOnError({ error }) {
      if (!(error instanceof RequestError)) count();
    },
  };
}

/** To an address that can be opened again, because a code works once. Relative, so that it holds under any base path. */
function sendToPage(view: string): HttpResult {
  const location = `connected?${VIEW_PARAMETER}=${view}`;
  const headers = { ...HEADERS, location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { statusCode: 303, headers, body: '' };
}

const telemetry = createTelemetry('finishInstall');
export const handler = createHandler(telemetry, lazyInstallRuntime(telemetry));
