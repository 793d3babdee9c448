import type { Environment } from '../../../local/environment.ts';

/** A portal of the flood, with its static token. */
export type FloodPortal = {
  readonly portalId: number;
  readonly token: string;
  readonly records: number;
  /** Active owners, who are to get as many records each. */
  readonly owners: number;
};

/** What each container is started with; the environment is that of its process. */
export type ContainerSetup = { readonly environment: Environment; readonly portals: readonly FloodPortal[] };

/** In the environment of a container's process. */
export const TOKENS_VARIABLE = 'FLOOD_TOKENS';

export function toTokens(portals: readonly FloodPortal[]): string {
  return JSON.stringify(portals.map(({ portalId, token }) => [String(portalId), token]));
}

/** What the service asked of others. */
export type FloodUsage = {
  /** Items, as DynamoDB bills them, and not requests: a batch counts as many as it holds. */
  readonly reads: number;
  readonly writes: number;
  readonly sqsRequests: number;
};

export const NOTHING_USED: FloodUsage = { reads: 0, writes: 0, sqsRequests: 0 };

export function addUsage(one: FloodUsage, other: FloodUsage): FloodUsage {
  return {
    reads: one.reads + other.reads,
    writes: one.writes + other.writes,
    sqsRequests: one.sqsRequests + other.sqsRequests,
  };
}

export function lessUsage(all: FloodUsage, part: FloodUsage): FloodUsage {
  return {
    reads: all.reads - part.reads,
    writes: all.writes - part.writes,
    sqsRequests: all.sqsRequests - part.sqsRequests,
  };
}
