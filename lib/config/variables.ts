import * as z from 'zod/mini';
import { normalizeBaseUrl } from '../domain/base-url.ts';
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

const text = (rule: string) =>
  z.pipe(
    z.string(rule),
    z.transform((value: string, context) => {
      const trimmed = value.trim();
      if (trimmed === '') context.issues.push({ code: 'custom', input: value, message: rule });
      return trimmed;
    }),
  );

/** A token goes into a header: what a header cannot carry is a slip of copying. */
const TOKEN_RULE = 'must be printable characters without spaces';
const token = () =>
  z.pipe(
    z.string(TOKEN_RULE),
    z.transform((value: string, context) => {
      const trimmed = value.trim();
      if (!/^[\x21-\x7e]+$/.test(trimmed)) context.issues.push({ code: 'custom', input: value, message: TOKEN_RULE });
      return trimmed;
    }),
  );

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
const anyBaseUrl = () => z.string(BASE_URL_RULE).check(z.refine(isBaseUrl, BASE_URL_RULE));
const baseUrl = () => z.pipe(anyBaseUrl(), z.transform(normalizeBaseUrl));
const portalId = () =>
  z.pipe(
    z.string('must be a portal id, digits only'),
    z.transform((value: string, context): PortalId => {
      const id = parsePortalId(value.trim());
      if (id === undefined) {
        context.issues.push({ code: 'custom', input: value, message: 'must be a portal id, digits only' });
        return z.NEVER;
      }
      return id;
    }),
  );

const TOKEN_KEY_RULE = 'must be 32 bytes in base64';
const tokenKey = () =>
  z.string(TOKEN_KEY_RULE).check(z.refine((value) => Buffer.from(value, 'base64').length === 32, TOKEN_KEY_RULE));

/** What every function needs that talks to HubSpot and keeps owners. */
const shared = {
  HUBSPOT_API_BASE_URL: z._default(baseUrl(), 'https://api.hubapi.com'),
  // One portal by a static token …
  HUBSPOT_ACCESS_TOKEN: z.optional(token()),
  HUBSPOT_PORTAL_ID: z.optional(portalId()),
  // … or many that install the app. Which of the two it is, HUBSPOT_CLIENT_ID says.
  HUBSPOT_CLIENT_ID: z.optional(text('must not be empty')),
  HUBSPOT_CLIENT_SECRET: z.optional(text('must not be empty')),
  // As it was given: HubSpot compares it with the redirect URLs of the app.
  HUBSPOT_REDIRECT_URI: z.optional(anyBaseUrl()),
  HUBSPOT_APP_BASE_URL: z._default(baseUrl(), 'https://app.hubspot.com'),
  PUBLIC_BASE_URL: z.optional(baseUrl()),
  TOKEN_KMS_KEY_ID: z.optional(text('must not be empty')),
  LOCAL_TOKEN_KEY: z.optional(tokenKey()),
  LOCAL_TOKEN_KEY_PREVIOUS: z.optional(tokenKey()),
  TABLE_NAME: text('must not be empty'),
};

const ownerMaxAgeHours = () =>
  z._default(
    z.pipe(
      z.string().check(z.regex(/^\d{1,4}(\.\d+)?$/, 'must be a number of hours')),
      z.transform((value: string) => Number(value)),
    ),
    26,
  );

export const operatorVariables = z.object({ ...shared, OWNER_MAX_AGE_HOURS: ownerMaxAgeHours() });

const action = {
  ...shared,
  PUBLIC_BASE_URL: baseUrl(),
  HUBSPOT_CLIENT_SECRET: text('must not be empty'),
  HUBSPOT_CLIENT_SECRET_PREVIOUS: z.optional(text('must not be empty')),
  OWNER_MAX_AGE_HOURS: ownerMaxAgeHours(),
  ALLOW_V2: z._default(
    z.pipe(
      z.enum(['true', 'false'], 'must be true or false'),
      z.transform((value) => value === 'true'),
    ),
    true,
  ),
};

export const actionVariables = z.object(action);

const queueUrl = () => z.string('must be a URL').check(z.refine((value) => URL.canParse(value), 'must be a URL'));

export const refreshVariables = z.object({ ...shared, REFRESH_QUEUE_URL: queueUrl() });

const PORTAL_IDS_RULE = 'must be portal ids, separated by commas';
const portalIds = () =>
  z._default(
    z.pipe(
      z.string(PORTAL_IDS_RULE),
      z.transform((value: string, context): ReadonlySet<PortalId> => {
        const ids = value.split(',').map((id) => parsePortalId(id.trim()));
        if (ids.includes(undefined)) context.issues.push({ code: 'custom', input: value, message: PORTAL_IDS_RULE });
        return new Set(ids.filter((id) => id !== undefined));
      }),
    ),
    new Set<PortalId>(),
  );

export const setOwnerVariables = z.object({
  ...action,
  ASSIGN_QUEUE_URL: queueUrl(),
  INLINE_PORTAL_IDS: portalIds(),
  QUEUED_PORTAL_IDS: portalIds(),
});

const { ALLOW_V2: _forRequestsOnly, ...behindTheQueue } = action;
export const assignVariables = z.object({ ...behindTheQueue, ASSIGN_QUEUE_URL: queueUrl() });
