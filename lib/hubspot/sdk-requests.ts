import { type HttpMethod, RequestContext } from '@hubspot/api-client/lib/codegen/crm/owners/http/http.js';
import * as z from 'zod/mini';
import { UpstreamContractError } from '../domain/errors.ts';
import type { HubSpotReply, HubSpotRequest } from './transport.ts';
import { toDatedPath } from './versions.ts';

/**
 * Settings for the SDK's generated request factories, which build the requests. Its client keeps retry and limiter settings
 * process-wide, which would mix portals in a warm container; its reply readers make a right shape of a wrong one.
 */
export function createSdkConfiguration<Configuration>(apiBaseUrl: string): Configuration {
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

export function toHubSpotRequest(generated: GeneratedRequest): HubSpotRequest {
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
