import type { HttpMethod } from '@hubspot/api-client/lib/codegen/crm/owners/http/http.js';
import type { HubSpotRequest } from './transport.ts';
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
