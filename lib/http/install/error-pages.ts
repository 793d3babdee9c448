import { AppError, isHubSpotsFault } from '../../domain/errors.ts';
import type { Telemetry } from '../../observability/telemetry.ts';
import { MethodNotAllowedError, RequestError } from '../http-errors.ts';
import type { HttpEvent, HttpResult } from '../http-event.ts';
import {
  correlationIdOf,
  createHttpHandler,
  type HttpHandler,
  type HttpMiddleware,
  mapErrors,
  requireRoute,
} from '../middleware.ts';
import { fill, html } from './html.ts';
import { answerPage, linkButton, type Page } from './layout.ts';
import type { Notice, PageTexts } from './texts.ts';

/** A page that a person opens. `headers` are added to the pages about errors. */
export function createPageHandler<Event extends HttpEvent>(
  telemetry: Telemetry,
  route: string,
  headers: Readonly<Record<string, string>> = {},
): HttpHandler<Event> {
  return createHttpHandler<Event>(telemetry)
    .use(showErrorsAsPages(headers))
    .use(mapErrors(telemetry))
    .use(requireRoute('GET', route));
}

/**
 * Shows a person an error that `mapErrors` has logged, as a page with fixed texts and the ID to look up. It comes before
 * `mapErrors` in the list, so that it runs after it.
 */
function showErrorsAsPages(headers: Readonly<Record<string, string>>): HttpMiddleware {
  return {
    onError: function showErrorsAsPagesOnError(request) {
      const { error, event, context } = request;
      request.response = respondToPerson(error, event, correlationIdOf(event, context), headers);
    },
  };
}

/**
 * | error                                  | status  | the page says              |
 * |----------------------------------------|---------|----------------------------|
 * | RequestError                           | its own | there is nothing here      |
 * | HubSpot is down, busy or not understood | 502    | try again                  |
 * | any other AppError                     | 503     | try again, or report it    |
 * | anything else: our own fault           | 500     | try again, or report it    |
 */
function respondToPerson(
  error: unknown,
  event: HttpEvent,
  correlationId: string,
  headers: Readonly<Record<string, string>>,
): HttpResult {
  if (error instanceof RequestError) {
    const allow = error instanceof MethodNotAllowedError ? { allow: error.allowed } : {};
    return answerPage(event, (texts) => nothingHere(error.status, texts), { ...headers, ...allow });
  }
  const [status, notice] = isHubSpotsFault(error)
    ? [502, 'hubspot' as const]
    : [error instanceof AppError ? 503 : 500, 'ours' as const];
  return answerPage(event, (texts) => troublePage(status, texts.errors[notice], texts, correlationId), headers);
}

function nothingHere(status: number, { errors }: PageTexts): Page {
  const { title, why } = errors.nothingHere;
  return { status, title, content: html`<p>${why}</p>` };
}

function troublePage(status: number, { title, why }: Notice, texts: PageTexts, correlationId: string): Page {
  const reference = fill(texts.errors.reference, { reference: html`<code>${correlationId}</code>` });
  return {
    status,
    title,
    content: html`<p>${why}</p>\n${linkButton('install', texts.tryAgain)}\n<p class="quiet">${reference}</p>`,
  };
}
