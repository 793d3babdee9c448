import type { HttpMethod } from '@hubspot/api-client/lib/codegen/crm/owners/http/http.js';
import { UpstreamContractError } from '../domain/errors.ts';
import { asJsonObject, isAbsent, isJsonObject } from '../domain/json-object.ts';
import type { HubSpotReply, HubSpotRequest } from './transport.ts';
import { toDatedPath } from './versions.ts';

type FactoryClass<Factory, Configuration> = new (configuration: Configuration) => Factory;

/**
 * Builds requests with one of the SDK's generated factories. It is loaded with the first request, together with its models and
 * transport, because most executions find their owner in the table and need none.
 */
export function sdkRequests<Factory, Configuration>(
  apiBaseUrl: string,
  load: () => Promise<FactoryClass<Factory, Configuration>>,
): (build: (factory: Factory) => Promise<GeneratedRequest>) => Promise<HubSpotRequest> {
  let loaded: Promise<Factory> | undefined;
  const start = async () => new (await load())(await createSdkConfiguration<Configuration>(apiBaseUrl));
  return async (build) => {
    loaded ??= start();
    return toHubSpotRequest(await build(await loaded));
  };
}

/**
 * Settings for the factories. The SDK's client is not used: its retry and limiter settings are process-wide, which would mix
 * portals in a warm container, and its reply readers turn wrong forms into valid ones.
 */
async function createSdkConfiguration<Configuration>(apiBaseUrl: string): Promise<Configuration> {
  const { RequestContext } = await import('@hubspot/api-client/lib/codegen/crm/owners/http/http.js');
  const makeRequestContext = (path: string, method: HttpMethod) =>
    new RequestContext(`${apiBaseUrl}${toDatedPath(path)}`, method);
  // Every generated module declares its own, identical configuration type. The factories read only these two members
  // (@hubspot/api-client 14.0.1).
  return { baseServer: { makeRequestContext }, authMethods: {} } as Configuration;
}

/** The parts of a generated request that are sent. A structural type, because every generated module has its own class. */
type GeneratedRequest = {
  getUrl(): string;
  getHttpMethod(): string;
  getHeaders(): Record<string, string>;
  getBody(): unknown;
};

function toHubSpotRequest(generated: GeneratedRequest): HubSpotRequest {
  const body = generated.getBody();
  return {
    method: generated.getHttpMethod(),
    url: generated.getUrl(),
    headers: generated.getHeaders(),
    ...(typeof body === 'string' && { body }),
  };
}

/** @throws {UpstreamContractError} if the reply is not a 200 or `read` does not understand it. `api` is a fixed text. */
export function parseReply<Body>(
  reply: HubSpotReply,
  read: (document: unknown) => Body | undefined,
  api: string,
): Body {
  if (reply.status !== 200) throw new UpstreamContractError(`${api} answered with status ${reply.status}`);
  const body = reply.document === undefined ? undefined : read(reply.document);
  if (body === undefined) throw unknownShape(api);
  return body;
}

export function unknownShape(api: string): UpstreamContractError {
  return new UpstreamContractError(`${api} answered in an unknown shape`);
}

/** One page of a listing, whose rows are read one by one. */
export type Page = {
  readonly results: readonly unknown[];
  /** Where the next page begins; undefined after the last one (paging guide, read 2026-11-23). */
  readonly after: string | undefined;
};

export function readPage(document: unknown): Page | undefined {
  const { results, paging } = asJsonObject(document);
  if (!Array.isArray(results)) return undefined;
  if (isAbsent(paging)) return { results, after: undefined };
  if (!isJsonObject(paging)) return undefined;
  if (isAbsent(paging.next)) return { results, after: undefined };
  const { after } = asJsonObject(paging.next);
  // Documented as an opaque text; an offset would be a number. A missing or empty one does not mean the last page.
  if (Number.isSafeInteger(after)) return { results, after: String(after) };
  return typeof after === 'string' && after !== '' ? { results, after } : undefined;
}
