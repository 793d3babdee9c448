import type { RateLimits } from './rate-limit.ts';

/** What may be changed while the simulator runs; the next call sees it. */
export type SimulatorSettings = {
  -readonly [Name in keyof RateLimits]: RateLimits[Name];
} & {
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
  /**
   * How the owners listing matches its `email` parameter, which HubSpot does not document (read 2026-11-26): the whole text or
   * its beginning, by case or not.
   */
  emailFilter: 'exact' | 'caseInsensitive' | 'prefix' | 'exactPrefix';
  /** Added to every call. */
  latencyMs: number;
};
