import { INSTALL_ROUTE } from '../lib/domain/app-urls.ts';
import type { HttpEvent } from '../lib/http/http-event.ts';
import { setInstallCookie } from '../lib/http/install/callback.ts';
import { createPageHandler } from '../lib/http/install/error-pages.ts';
import { answerPage } from '../lib/http/install/layout.ts';
import { nothingToInstallPage } from '../lib/http/install/pages.ts';
import { authorizeUrl, type InstallServices } from '../lib/http/install/services.ts';
import { issueState } from '../lib/http/install/state.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { lazyInstallRuntime } from '../lib/runtime/install-runtime.ts';

/**
 * `GET /oauth/install`: sends the administrator to HubSpot's consent page. It stores nothing and reads nothing from the request.
 */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<InstallServices | undefined>) {
  return createPageHandler<HttpEvent>(telemetry, INSTALL_ROUTE).handler(async (event) => {
    const services = await runtime();
    if (services === undefined) return answerPage(event, nothingToInstallPage);
    const { stateKey, randomBytes, now } = services;
    const { state, cookie } = issueState({ stateKey, randomBytes, nowEpochMs: now() });
    telemetry.log.info('install started');
    const headers = {
      location: authorizeUrl(services, state),
      'set-cookie': setInstallCookie(cookie),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    };
    return { statusCode: 302, headers, body: '' };
  });
}

const telemetry = createTelemetry('startInstall');
export const handler = createHandler(telemetry, lazyInstallRuntime(telemetry));
