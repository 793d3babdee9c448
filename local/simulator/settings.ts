import type { RateLimits } from './rate-limit.ts';
import type { RouteName } from './routes/route.ts';

/** What may be changed while the simulator runs; the next call sees it. */
export type SimulatorSettings = {
  -readonly [Name in keyof RateLimits]: RateLimits[Name];
} & {
  /** Endpoints that tell, and keep to, another limit than the others. */
  burstLimitByRoute: Readonly<Partial<Record<RouteName, number>>>;
  /** A 404 may come from HubSpot's edge, as a page or with nothing in it (developer forum, read 2026-11-26). */
  notFoundBody: 'json' | 'html' | 'empty';
  /** Both forms of a property error are in use (error handling page and developer forum, read 2026-11-23). */
  errorShape: 'legacy' | 'structured';
  /** Of a batch update in which some records are missing: the 2026-09 document declares 200 alone (read 2026-11-23). */
  batchErrorStatus: 207 | 200;
  /** Whether the error of a batch says which records it means; every field of an error is optional. */
  batchErrorIds: 'named' | 'omitted';
  /** What a batch of completions with an unknown id gets: refused as a whole, or a 204 as in 2022 and 2023. */
  unknownCallback: '400' | 'silent';
  /** OAuth errors have had the fields of RFC 6749 since January 2026, beside the older ones (token endpoint, read 2026-11-23). */
  oauthErrorShape: 'legacy' | 'rfc6749';
  /** HubSpot's replies keep the refresh token; its documentation allows a new one, with which the old one dies here. */
  rotateRefreshTokens: boolean;
  /** `hub_id` is optional in every version of the token reply. */
  tokenReplyOmitsHubId: boolean;
  /** Added to every call. */
  latencyMs: number;
};
