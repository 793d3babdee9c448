import { normalizeBaseUrl } from '../domain/app-urls.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import { isSettingsPageUrl } from '../domain/settings-page-url.ts';

/**
 * The environment, one set of variables for each group of functions, read once. A secret's value may be the secret itself or
 * `ssm:/name/of/parameter`, which is resolved before these rules apply.
 */
export const SECRET_VARIABLES = [
  'HUBSPOT_CLIENT_SECRET',
  'HUBSPOT_CLIENT_SECRET_PREVIOUS',
  'HUBSPOT_ACCESS_TOKEN',
] as const;

/** Only used with a static token. */
export const STATIC_VARIABLES = ['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_PORTAL_ID'] as const;

/** One variable of the environment, and how to read it. */
type Variable<Value> = {
  /** The rule for the value. It is shown instead of a wrong value, which is never shown. */
  readonly rule: string;
  /** Undefined if the value breaks the rule. */
  readonly parse: (value: string) => Value | undefined;
  /** Absent if the variable is required. */
  readonly unset?: { readonly value: Value };
};

export type Variables = Readonly<Record<string, Variable<unknown>>>;
export type Values<Of extends Variables> = {
  readonly [Name in keyof Of]: Of[Name] extends Variable<infer Value> ? Value : never;
};

function parsed<Value>(rule: string, parse: (value: string) => Value | undefined): Variable<Value> {
  return { rule, parse };
}

function optional<Value>(variable: Variable<Value>): Variable<Value | undefined> {
  return { ...variable, unset: { value: undefined } };
}

function withDefault<Value>(variable: Variable<Value>, value: Value): Variable<Value> {
  return { ...variable, unset: { value } };
}

const text = () => parsed('must not be empty', (value) => value.trim() || undefined);
/** A token is sent in a header, so characters that a header cannot contain are a copying mistake. */
const token = () =>
  parsed('must be printable characters without spaces', (value) => /^[\x21-\x7e]+$/.exec(value.trim())?.[0]);

/** Plain HTTP would show tokens to the network, so it is only allowed for this machine. */
function isBaseUrl(value: string): boolean {
  const url = URL.parse(value);
  // Checks the text, because URL drops white space and an empty `?` or `#`, and turns a backslash into a slash.
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
const hourOfDay = () =>
  parsed('must be an hour, 0 to 23', (value) => (/^(?:[01]?\d|2[0-3])$/.test(value) ? Number(value) : undefined));
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

/** For every function that calls HubSpot and stores owners. */
const shared = {
  HUBSPOT_API_BASE_URL: withDefault(baseUrl(), 'https://api.hubapi.com'),
  // One portal with a static token …
  HUBSPOT_ACCESS_TOKEN: optional(token()),
  HUBSPOT_PORTAL_ID: optional(portalId()),
  // … or many that install the app. `HUBSPOT_CLIENT_ID` chooses.
  HUBSPOT_CLIENT_ID: optional(text()),
  HUBSPOT_CLIENT_SECRET: optional(text()),
  // Unchanged, because HubSpot compares it with the redirect URLs of the app.
  HUBSPOT_REDIRECT_URI: optional(baseUrl((given) => given)),
  HUBSPOT_APP_BASE_URL: withDefault(baseUrl(), 'https://app.hubspot.com'),
  PUBLIC_BASE_URL: optional(baseUrl()),
  TOKEN_KMS_KEY_ID: optional(text()),
  LOCAL_TOKEN_KEY: optional(tokenKey()),
  LOCAL_TOKEN_KEY_PREVIOUS: optional(tokenKey()),
  TABLE_NAME: text(),
};

const ownerMaxAgeHours = () => withDefault(hours(), 26);

export const operatorVariables = { ...shared, OWNER_MAX_AGE_HOURS: ownerMaxAgeHours() };

/** For functions that control handovers, whose jobs are in the queue of the refresh. */
export const handoverVariables = { ...operatorVariables, REFRESH_QUEUE_URL: queueUrl() };

export const actionVariables = {
  ...shared,
  PUBLIC_BASE_URL: baseUrl(),
  HUBSPOT_CLIENT_SECRET: text(),
  HUBSPOT_CLIENT_SECRET_PREVIOUS: optional(text()),
  OWNER_MAX_AGE_HOURS: ownerMaxAgeHours(),
  ALLOW_V2: withDefault(flag(), true),
};

export const installVariables = { ...shared, REFRESH_QUEUE_URL: queueUrl() };

const topicArn = () =>
  parsed('must be the ARN of an SNS topic', (value) =>
    /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(value.trim()) ? value.trim() : undefined,
  );

const PAGE_URL_RULE =
  "must be the https address of a page on hubspot.com without a port, with {portalId} in place of the account's ID, and otherwise only letters, digits and -._/?#=&%+:@,;!$";
const pageUrl = () => parsed(PAGE_URL_RULE, (value) => (isSettingsPageUrl(value.trim()) ? value.trim() : undefined));

export const refreshVariables = {
  ...installVariables,
  DIGEST_TOPIC_ARN: optional(topicArn()),
  DIGEST_ADDRESSES: withDefault(flag(), false),
  DIGEST_PAGE_URL: optional(pageUrl()),
};

const noPortals = () => withDefault(portalIds(), new Set<PortalId>());

export const setOwnerVariables = {
  ...actionVariables,
  ASSIGN_QUEUE_URL: queueUrl(),
  INLINE_PORTAL_IDS: noPortals(),
  QUEUED_PORTAL_IDS: noPortals(),
};

const { ALLOW_V2: _forActionsOnly, ...withoutV2 } = actionVariables;
export const assignVariables = { ...withoutV2, ASSIGN_QUEUE_URL: queueUrl() };

export const portalPageVariables = {
  ...withoutV2,
  REFRESH_QUEUE_URL: queueUrl(),
  REFRESH_HOUR_UTC: withDefault(hourOfDay(), 2),
};
