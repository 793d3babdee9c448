import type { CompletionPolicy } from './blocked-executions.ts';
import type { RateLimits } from './rate-limit.ts';
import type { RouteName } from './routes/route-name.ts';

/** What may be changed while the simulator runs; the next call sees it. */
export type SimulatorSettings = {
  -readonly [Name in keyof RateLimits]: RateLimits[Name];
} & {
  /** Endpoints that name, and keep to, another limit than the others. */
  burstLimitByRoute: Readonly<Partial<Record<RouteName, number>>>;
  /** Whether records can be created, deleted and merged, which tests of the API do and the app never does. */
  recordLifecycle: 'closed' | 'open';
  /** A 404 may come from HubSpot's edge, as a page or with nothing in it (developer forum, read 2026-11-26). */
  notFoundBody: 'json' | 'html' | 'empty';
  /** Both forms of a property error are in use (error handling page and developer forum, read 2026-11-23). */
  errorShape: 'legacy' | 'structured';
  /** Of a batch update in which some records are missing: the 2026-09 document declares 200 alone (read 2026-11-23). */
  batchErrorStatus: 207 | 200;
  /** Whether the error of a batch says which records it means; every field of an error is optional. */
  batchErrorIds: 'named' | 'omitted';
  /**
   * What completing a callback that HubSpot does not know is answered with; reports vary (developer forum, read 2026-11-26). `byRoute`:
   * 404 for a single one, 400 for a batch. `silent`: like one that it knows, as in 2022 and 2023.
   */
  unknownCallback: 'byRoute' | '400' | '403' | '404' | '408' | '409' | '410' | '422' | '423' | '500' | '503' | 'silent';
  /** What a batch does when it holds an unknown id: nothing, all the others, or those before it in an order of its own. */
  completionPolicy: CompletionPolicy;
  /** How a completion that was accepted is answered. The documents name 204 alone (read 2026-11-26). */
  completionReply: '204' | '200' | '200error' | '202' | '207';
  /** How long a blocked execution is unknown after its answer was read. */
  callbackKnownAfterMs: number;
  /** When the owner was assigned, where HubSpot documents neither (object APIs, read 2026-11-26). */
  assignedDate: { onClear?: 'emptied' | 'kept'; onSameOwner?: 'kept' | 'moved' };
  /** The history of a property that never had a value, which is not documented: an empty list, no list, or no member for histories. */
  historyOfNone: 'empty' | 'noList' | 'noMember';
  /** OAuth errors have had the fields of RFC 6749 since January 2026, beside the older ones (token endpoint, read 2026-11-23). */
  oauthErrorShape: 'legacy' | 'rfc6749';
  /** HubSpot's replies keep the refresh token; its documentation allows a new one, with which the old one becomes invalid here. */
  rotateRefreshTokens: boolean;
  /** `hub_id` is optional in every version of the token reply. */
  tokenReplyOmitsHubId: boolean;
  /** The document of 2026-09 names nothing but `active` in the reply of introspection (OpenAPI 2026-09, read 2026-11-23). */
  introspectionOmitsAll: boolean;
  /**
   * How the owners listing matches its `email` parameter, which HubSpot does not document (read 2026-11-26): the whole text or
   * its beginning, by case or not.
   */
  emailFilter: 'exact' | 'caseInsensitive' | 'prefix' | 'exactPrefix';
  /**
   * Whether HubSpot lists the scopes of a static token. It is documented for private apps, at an undated path that ends in 2027, and
   * not for the apps of projects (private app guide, read 2026-11-27).
   */
  staticTokenInfo: 'absent' | 'served';
  /** How late the search index is. */
  searchLagMs: number;
  /** Searches a second that the whole account may make (usage guidelines, read 2026-11-26). */
  searchLimit: number;
  /** Added to every call. */
  latencyMs: number;
  /** Added to each list of properties, which takes seconds in a large account. */
  propertiesLatencyMs: number;
  /** Added to the text of each property, so that a list has megabytes. */
  propertyTextLength: number;
};
