import { CONNECTED_ROUTE } from '../../domain/app-urls.ts';
import { isConnected } from '../../domain/portal.ts';
import type { Telemetry } from '../../observability/telemetry.ts';
import type { HttpHandler } from '../middleware.ts';
import { type QueryEvent, readQueryValue } from './callback.ts';
import { connectedPage } from './connected-page.ts';
import { openView, VIEW_PARAMETER } from './connected-token.ts';
import { createPageHandler } from './error-pages.ts';
import { answerPage, type Page } from './layout.ts';
import { closedPage, disconnectedPage, nothingToInstallPage } from './pages.ts';
import type { InstallServices } from './services.ts';
import type { PageTexts } from './texts.ts';

/**
 * `GET /oauth/connected`: the present state of an account that was just connected; it can be reloaded. Without the token in its
 * address it shows no account. It changes nothing, not even an install in progress in another tab.
 */
export function createConnectedHandler(
  telemetry: Telemetry,
  runtime: () => Promise<InstallServices | undefined>,
): HttpHandler<QueryEvent> {
  return createPageHandler<QueryEvent>(telemetry, CONNECTED_ROUTE).handler(async (event) => {
    const services = await runtime();
    return answerPage(event, services === undefined ? nothingToInstallPage : await findPage(event, services));
  });
}

async function findPage(event: QueryEvent, services: InstallServices): Promise<(texts: PageTexts) => Page> {
  const { viewKey, now, readPortal, authorizeBaseUrl } = services;
  const view = openView(readQueryValue(event, VIEW_PARAMETER), { viewKey, nowEpochMs: now() });
  if (!view.valid) return (texts) => closedPage(view.reason, texts);
  const { portalId, firstRefresh } = view;
  const portal = await readPortal(portalId);
  if (portal === undefined || !isConnected(portal)) return (texts) => disconnectedPage(portalId, texts);
  // HubSpot redirects accounts of other regions from its general address.
  const workflowsUrl = `${authorizeBaseUrl}/workflows/${portalId}`;
  return (texts) => connectedPage({ portalId, granted: portal.scopes, firstRefresh, workflowsUrl }, texts);
}
