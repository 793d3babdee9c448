import { AppError, RateLimitedError, UpstreamContractError, UpstreamUnavailableError } from '../../domain/errors.ts';
import { MethodNotAllowedError, RequestError } from '../http-errors.ts';
import type { HttpResult } from '../http-event.ts';
import type { HttpMiddleware } from '../middleware.ts';
import { html, type Page, respondWithPage } from './html.ts';

/**
 * Shows a person what `mapErrors` has logged: a page in the place of its answer, with fixed texts and the id to
 * look up. Stands before `mapErrors`, so that it is asked after it. `headers` go onto every page.
 */
export function showErrorsAsPages(headers: Readonly<Record<string, string>> = {}): HttpMiddleware {
  return {
    onError: function showErrorsAsPagesOnError(request) {
      const { error, event, context } = request;
      const correlationId = event.requestContext?.requestId ?? context.awsRequestId;
      request.response = respondToPerson(error, correlationId, headers);
    },
  };
}

/**
 * | error                                  | status  | the page says              |
 * |----------------------------------------|---------|----------------------------|
 * | RequestError                           | its own | there is nothing here      |
 * | HubSpot is away, busy or not understood | 502    | try again                  |
 * | any other AppError                     | 503     | try again, or report it    |
 * | anything else: our own fault           | 500     | try again, or report it    |
 */
function respondToPerson(error: unknown, correlationId: string, headers: Readonly<Record<string, string>>): HttpResult {
  if (error instanceof RequestError) {
    const allow = error instanceof MethodNotAllowedError ? { allow: error.allowed } : {};
    return respondWithPage(nothingHere(error.status), { ...headers, ...allow });
  }
  const isHubSpots =
    error instanceof UpstreamUnavailableError ||
    error instanceof UpstreamContractError ||
    error instanceof RateLimitedError;
  if (isHubSpots) return respondWithPage(hubSpotPage(correlationId), headers);
  return respondWithPage(ourFaultPage(error instanceof AppError ? 503 : 500, correlationId), headers);
}

function nothingHere(status: number): Page {
  return {
    status,
    title: 'There is nothing here',
    content: html`<p>This address is not for opening in a browser.</p>`,
  };
}

function hubSpotPage(correlationId: string): Page {
  return {
    status: 502,
    title: 'HubSpot did not answer',
    content: html`<p>The account could not be connected, because HubSpot could not be asked. This mostly passes in minutes.</p>
<p><a href="install">Try again</a></p>
${reference(correlationId)}`,
  };
}

function ourFaultPage(status: number, correlationId: string): Page {
  return {
    status,
    title: 'Something went wrong on our side',
    content: html`<p>It cannot be said whether the account is connected. Connecting it again does no harm.</p>
<p><a href="install">Try again</a></p>
${reference(correlationId)}`,
  };
}

function reference(correlationId: string) {
  return html`<p class="quiet">If it happens again, send whoever runs this app this reference: <code>${correlationId}</code></p>`;
}
