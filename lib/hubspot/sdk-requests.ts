import type { HttpMethod } from '@hubspot/api-client/lib/codegen/crm/owners/http/http.js';
import * as z from 'zod/mini';
import { UpstreamContractError } from '../domain/errors.ts';
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

/** Where the next page of a listing begins; absent behind the last (paging guide, read 2026-11-23). */
export const paging = z.optional(
  z.nullable(z.object({ next: z.optional(z.nullable(z.object({ after: z.string() }))) })),
);

/** @returns undefined when the reply is not of the shape */
export function readReply<Schema extends z.ZodMiniType>(
  reply: HubSpotReply,
  schema: Schema,
): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(reply.body)).data;
  } catch {
    return undefined;
  }
}

/** @throws {UpstreamContractError} when the reply is no 200 or not of the shape. `api` is a fixed text. */
export function parseReply<Schema extends z.ZodMiniType>(
  reply: HubSpotReply,
  schema: Schema,
  api: string,
): z.output<Schema> {
  if (reply.status !== 200) throw new UpstreamContractError(`${api} answered with status ${reply.status}`);
  const body = readReply(reply, schema);
  if (body === undefined) throw unknownShape(api);
  return body;
}

export function unknownShape(api: string): UpstreamContractError {
  return new UpstreamContractError(`${api} answered in an unknown shape`);
}
