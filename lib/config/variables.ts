import * as z from 'zod/mini';
import { normalizeBaseUrl } from '../domain/app-urls.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';

/**
 * The environment, one schema a family of functions, read once. A value of a secret may be the secret itself or
 * `ssm:/name/of/parameter`, which is resolved before this schema sees it.
 */
export const SECRET_VARIABLES = [
  'HUBSPOT_CLIENT_SECRET',
  'HUBSPOT_CLIENT_SECRET_PREVIOUS',
  'HUBSPOT_ACCESS_TOKEN',
] as const;

/** Used in the single-portal mode only. */
export const STATIC_VARIABLES = ['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_PORTAL_ID'] as const;

/** A variable that `parse` makes something of. `rule` says what it must be, because its value is never shown. */
const parsed = <T>(rule: string, parse: (value: string) => T | undefined) =>
  z.pipe(
    z.string(rule),
    z.transform((value: string, context): T => {
      const result = parse(value);
      if (result !== undefined) return result;
      context.issues.push({ code: 'custom', input: value, message: rule });
      return z.NEVER;
    }),
  );

const text = () => parsed('must not be empty', (value) => value.trim() || undefined);
/** A token goes into a header: what a header cannot carry is a slip of copying. */
const token = () =>
  parsed('must be printable characters without spaces', (value) => /^[\x21-\x7e]+$/.exec(value.trim())?.[0]);

/** Plain HTTP would show tokens to the network, so it is for this machine only. */
function isBaseUrl(value: string): boolean {
  const url = URL.parse(value);
  // By the text, because URL drops white space and an empty `?` or `#`, and makes a slash of a backslash.
  if (url === null || /[\s?#\\]/.test(value) || value.endsWith('/')) return false;
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

const BASE_URL_RULE =
  'must be an https URL without a trailing slash, query or white space (http only for this machine)';
const baseUrl = (spell = normalizeBaseUrl) =>
  parsed(BASE_URL_RULE, (value) => (isBaseUrl(value) ? spell(value) : undefined));
const portalId = () => parsed('must be a portal id, digits only', (value) => parsePortalId(value.trim()));
const tokenKey = () =>
  parsed('must be 32 bytes in base64', (value) => (Buffer.from(value, 'base64').length === 32 ? value : undefined));
const queueUrl = () => parsed('must be a URL', (value) => (URL.canParse(value) ? value : undefined));
const hours = () =>
  parsed('must be a number of hours', (value) => (/^\d{1,4}(\.\d+)?$/.test(value) ? Number(value) : undefined));
const flag = () =>
  parsed('must be true or false', (value) =>
    new Map([
      ['true', true],
      ['false', false],
    ]).get(value),
  );
const portalIds = () =>
  parsed('must be portal ids, separated by commas', (value) => {
    const ids = value.split(',').map((id) => parsePortalId(id.trim()));
    return ids.includes(undefined) ? undefined : new Set(ids.filter((id) => id !== undefined));
  });

/** What every function needs that talks to HubSpot and keeps owners. */
const shared = {
  HUBSPOT_API_BASE_URL: z._default(baseUrl(), 'https://api.hubapi.com'),
  // One portal by a static token …
  HUBSPOT_ACCESS_TOKEN: z.optional(token()),
  HUBSPOT_PORTAL_ID: z.optional(portalId()),
  // … or many that install the app. Which of the two it is, HUBSPOT_CLIENT_ID says.
  HUBSPOT_CLIENT_ID: z.optional(text()),
  HUBSPOT_CLIENT_SECRET: z.optional(text()),
  // As it was given: HubSpot compares it with the redirect URLs of the app.
  HUBSPOT_REDIRECT_URI: z.optional(baseUrl((given) => given)),
  HUBSPOT_APP_BASE_URL: z._default(baseUrl(), 'https://app.hubspot.com'),
  PUBLIC_BASE_URL: z.optional(baseUrl()),
  TOKEN_KMS_KEY_ID: z.optional(text()),
  LOCAL_TOKEN_KEY: z.optional(tokenKey()),
  LOCAL_TOKEN_KEY_PREVIOUS: z.optional(tokenKey()),
  TABLE_NAME: text(),
};

const ownerMaxAgeHours = () => z._default(hours(), 26);

export const operatorVariables = z.object({ ...shared, OWNER_MAX_AGE_HOURS: ownerMaxAgeHours() });

const action = {
  ...shared,
  PUBLIC_BASE_URL: baseUrl(),
  HUBSPOT_CLIENT_SECRET: text(),
  HUBSPOT_CLIENT_SECRET_PREVIOUS: z.optional(text()),
  OWNER_MAX_AGE_HOURS: ownerMaxAgeHours(),
  ALLOW_V2: z._default(flag(), true),
};

export const actionVariables = z.object(action);

export const refreshVariables = z.object({ ...shared, REFRESH_QUEUE_URL: queueUrl() });

const noPortals = () => z._default(portalIds(), new Set<PortalId>());

export const setOwnerVariables = z.object({
  ...action,
  ASSIGN_QUEUE_URL: queueUrl(),
  INLINE_PORTAL_IDS: noPortals(),
  QUEUED_PORTAL_IDS: noPortals(),
});

const { ALLOW_V2: _forRequestsOnly, ...behindTheQueue } = action;
export const assignVariables = z.object({ ...behindTheQueue, ASSIGN_QUEUE_URL: queueUrl() });
