import type { HttpMethod } from '@hubspot/api-client/lib/codegen/crm/owners/http/http.js';
import { UpstreamContractError } from '../domain/errors.ts';
import { asJsonObject, isAbsent, isJsonObject } from '../domain/json-object.ts';
import { parseJson } from './error-body.ts';
import type { HubSpotReply, HubSpotRequest } from './transport.ts';
import { toDatedPath } from './versions.ts';

type FactoryClass<Factory, Configuration> = new (configuration: Configuration) => Factory;

/**
 * Builds requests with one of the SDK's generated factories. It is loaded with the first request, together with the models and
 * the transport that it brings along: most executions find their owner in the table and need none.
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
 * Settings for the factories. The SDK's client keeps retry and limiter settings process-wide, which would mix portals in a warm
 * container; its reply readers make a right shape of a wrong one.
 */
async function createSdkConfiguration<Configuration>(apiBaseUrl: string): Promise<Configuration> {
  const { RequestContext } = await import('@hubspot/api-client/lib/codegen/crm/owners/http/http.js');
  const makeRequestContext = (path: string, method: HttpMethod) =>
    new RequestContext(`${apiBaseUrl}${toDatedPath(path)}`, method);
  // Every generated module declares its own, identical configuration type. The factories read these two members only
  // (@hubspot/api-client 14.0.1).
  return { baseServer: { makeRequestContext }, authMethods: {} } as Configuration;
}

/** The parts of a generated request that go on the wire. Structural, as every generated module brings its own class. */
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

/** @throws {UpstreamContractError} when the reply is no 200 or not what `read` understands. `api` is a fixed text. */
export function parseReply<Body>(
  reply: HubSpotReply,
  read: (document: unknown) => Body | undefined,
  api: string,
): Body {
  if (reply.status !== 200) throw new UpstreamContractError(`${api} answered with status ${reply.status}`);
  const document = parseJson(reply.body);
  const body = document === undefined ? undefined : read(document);
  if (body === undefined) throw unknownShape(api);
  return body;
}

export function unknownShape(api: string): UpstreamContractError {
  return new UpstreamContractError(`${api} answered in an unknown shape`);
}

/** One page of a listing, whose rows are read one by one. */
export type Page = {
  readonly results: readonly unknown[];
  /** Where the next page begins; undefined behind the last (paging guide, read 2026-11-23). */
  readonly after: string | undefined;
};

export function readPage(document: unknown): Page | undefined {
  const { results, paging } = asJsonObject(document);
  if (!Array.isArray(results)) return undefined;
  if (isAbsent(paging)) return { results, after: undefined };
  if (!isJsonObject(paging)) return undefined;
  if (isAbsent(paging.next)) return { results, after: undefined };
  const { after } = asJsonObject(paging.next);
  return typeof after === 'string' || Number.isFinite(after) ? { results, after: String(after) } : undefined;
}
