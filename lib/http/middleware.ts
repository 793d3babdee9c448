import middy, { type MiddlewareObj, type MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import { describeError } from '../domain/describe-error.ts';
import { AppError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import { SIGNATURE_V3, SIGNED_AT, type SignatureSecrets, verifySignature } from '../hubspot/signature.ts';
import { countFault } from '../observability/report-fault.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { SignatureVersions } from '../ports/store.ts';
import type { Metrics, Now } from '../ports/telemetry.ts';
import {
  MethodNotAllowedError,
  PayloadTooLargeError,
  ProbeError,
  RequestError,
  RouteNotFoundError,
  UnauthenticRequestError,
  UnreadableRequestError,
} from './http-errors.ts';
import { bodyBytes, bodySize, type HttpEvent, type HttpResult, headerValues, methodOf, pathOf } from './http-event.ts';
import { respondToError } from './respond.ts';

export type HttpMiddleware = MiddlewareObj<HttpEvent, HttpResult, Error, Context>;
export type HttpHandler<Event extends HttpEvent = HttpEvent> = MiddyfiedHandler<Event, HttpResult, Error, Context>;

/** An execution is about 2 kB. Hashing is the most expensive part of an unsigned request, so the size is checked first. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * Marks a request that only asks whether its signature is valid: an operator's check, which must not count as a lost execution.
 * HubSpot never sends it. Without a valid signature it has no effect.
 */
export const PROBE_HEADER = 'x-signature-probe';

/** The beginning of every handler. Of the middlewares that follow, the first one sees an error last. */
export function createHttpHandler<Event extends HttpEvent = HttpEvent>(telemetry: Telemetry): HttpHandler<Event> {
  return middy<Event, HttpResult, Error, Context>().use(requestScope(telemetry));
}

/** For requests that HubSpot's workflows send to one of our addresses. */
export function createSignedHandler(
  telemetry: Telemetry,
  route: string,
  services: () => Promise<SignatureServices>,
): HttpHandler {
  return createHttpHandler(telemetry)
    .use(mapErrors(telemetry))
    .use(requireRoute('POST', route))
    .use(requireSignature(route, services, telemetry));
}

/** Gives every log line its request ID, and writes the metrics at the end of the request, also after an error. */
function requestScope(telemetry: Telemetry): HttpMiddleware {
  return {
    before: function requestScopeBefore({ event, context }) {
      telemetry.startRequest(correlationIdOf(event, context));
    },
    after: function requestScopeAfter() {
      telemetry.flush();
    },
    onError: function requestScopeOnError() {
      telemetry.flush();
    },
  };
}

/** Turns every error thrown below it into an answer, and logs what an operator must know. */
export function mapErrors({ log, metrics }: Telemetry): HttpMiddleware {
  return {
    onError: function mapErrorsOnError(request) {
      const error: unknown = request.error;
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR';
      const level = error instanceof RequestError ? 'warn' : 'error';
      log[level]('request failed', { ...describeError(error), code });
      countFault(metrics, error);
      if (error instanceof UnreadableRequestError) metrics.count('RequestUnreadable');
      request.response = respondToError(error, correlationIdOf(request.event, request.context));
    },
  };
}

/** Refuses other methods and paths first; in production, API Gateway's routes also do. */
export function requireRoute(method: string, route: string): HttpMiddleware {
  return {
    before: function requireRouteBefore({ event }) {
      if (!pathOf(event).endsWith(route)) throw new RouteNotFoundError();
      if (methodOf(event) !== method) throw new MethodNotAllowedError(method);
    },
  };
}

type SignaturePolicy = {
  readonly publicBaseUrl: string;
  readonly secrets: SignatureSecrets;
  readonly allowSignatureV2: boolean;
};

export type SignatureServices = { readonly signaturePolicy: SignaturePolicy; readonly now: Now };

/** What HubSpot appends to the query of every request that a settings page makes (UI extensions fetch, read 2026-11-26). */
const FROM_A_PAGE = /\b(?:portalId|userId|userEmail|appId)=/i;

/**
 * Only lets requests pass that HubSpot signed for this exact URL. The URL comes from configuration, never from the Host header,
 * and the body is not parsed before its signature is verified.
 * @param route as text: an address that the settings page never requests. HubSpot signs any request that a user of any account
 * makes from the settings page, to any of our addresses and with any body, and names that user in the query
 */
export function requireSignature(
  route: string | ((event: HttpEvent) => string),
  services: () => Promise<SignatureServices>,
  { metrics }: Telemetry,
  maxBodyBytes = MAX_BODY_BYTES,
): HttpMiddleware {
  return {
    before: async function requireSignatureBefore({ event }) {
      if (bodySize(event) > maxBodyBytes) throw new PayloadTooLargeError();
      const { signaturePolicy, now } = await services();
      const { publicBaseUrl, secrets, allowSignatureV2 } = signaturePolicy;
      const path = typeof route === 'string' ? route : route(event);
      const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
      const body = bodyBytes(event);
      const isFromAPage = typeof route === 'string' && FROM_A_PAGE.test(query);
      if (query !== '' && (isFromAPage || !mayFollowQuery(body))) refuse(metrics, 'query');
      const verdict = verifySignature(
        {
          method: methodOf(event),
          url: `${publicBaseUrl}${path}${query}`,
          body,
          header: (name) => headerValues(event, name),
        },
        { secrets, allowV2: allowSignatureV2, nowEpochMs: now() },
      );
      if (!verdict.valid) refuse(metrics, verdict.reason);
      // The signed text does not mark where the URL ends, so the end of a query, with what HubSpot appended, could be moved into
      // the body. No body that we accept looks like that.
      if (query !== '' && FROM_A_PAGE.test(new TextDecoder().decode(body))) refuse(metrics, 'query');
      metrics.count('SignatureAccepted', { version: verdict.version, secret: verdict.secret });
      if (headerValues(event, PROBE_HEADER).length > 0) throw new ProbeError();
    },
  };
}

/**
 * For requests with a valid signature. A v2 signature contains no time, so a captured request could be replayed without its v3
 * signature. So v2 alone is refused for a portal that ever sent v3.
 * @throws {UnauthenticRequestError | StoreUnavailableError}
 */
export async function refuseDowngrade(
  event: HttpEvent,
  portalId: PortalId,
  signatures: SignatureVersions,
  { metrics }: Telemetry,
): Promise<void> {
  if (headerValues(event, SIGNATURE_V3).length > 0) return signatures.noteV3(portalId);
  if (await signatures.hasSentV3(portalId)) refuse(metrics, 'downgraded');
}

/** No end of a query starts like a JSON object. */
function mayFollowQuery(body: Uint8Array): boolean {
  return body.length === 0 || body[0] === '{'.charCodeAt(0);
}

function refuse(metrics: Metrics, reason: string): never {
  metrics.count('SignatureRejected', { reason });
  throw new UnauthenticRequestError(reason);
}

/** For requests with a valid signature: when HubSpot made it. A timestamp next to a v2 signature proves nothing. */
export function signedAt(event: HttpEvent): number | undefined {
  return headerValues(event, SIGNATURE_V3).length > 0 ? Number(headerValues(event, SIGNED_AT)[0]) : undefined;
}

export function correlationIdOf(event: HttpEvent, context: Context): string {
  return event.requestContext?.requestId ?? context.awsRequestId;
}
