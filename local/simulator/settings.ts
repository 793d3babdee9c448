import type { RateLimits } from './rate-limit.ts';

/** What may be changed while the simulator runs; the next call sees it. */
export type SimulatorSettings = {
  -readonly [Name in keyof RateLimits]: RateLimits[Name];
} & {
  /** Both forms of a property error are in use (error handling page and developer forum, read 2026-11-23). */
  errorShape: 'legacy' | 'structured';
  /** OAuth errors have had the fields of RFC 6749 since January 2026, beside the older ones (token endpoint, read 2026-11-23). */
  oauthErrorShape: 'legacy' | 'rfc6749';
  /** HubSpot's replies keep the refresh token; its documentation allows a new one, with which the old one dies here. */
  rotateRefreshTokens: boolean;
  /** `hub_id` is optional in every version of the token reply. */
  tokenReplyOmitsHubId: boolean;
  /** Added to every call. */
  latencyMs: number;
};
