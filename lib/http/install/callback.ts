import { type HttpEvent, headerValues } from '../http-event.ts';
import { STATE_LIFETIME_MS } from './state.ts';

/** What HubSpot sent the browser back with. A value that came twice counts as none. */
export type InstallCallback = {
  readonly state: string | undefined;
  readonly code: string | undefined;
  /** HubSpot's word for why there is no code (OAuth guide, read 2026-11-23). */
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
};

export type QueryEvent = HttpEvent & {
  /** Payload 1.0, where values are decoded already. */
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
};
export type CallbackEvent = CookieEvent & QueryEvent;

/** HubSpot names no length for codes. Longer than this is none, and never leaves us. */
const MAX_LENGTH = 2_048;
const CODE = /^[\x21-\x7e]+$/;

export function readCallback(event: CallbackEvent): InstallCallback {
  const code = readQueryValue(event, 'code');
  return {
    state: readQueryValue(event, 'state'),
    code: code !== undefined && CODE.test(code) ? code : undefined,
    error: readQueryValue(event, 'error'),
    errorDescription: readQueryValue(event, 'error_description'),
  };
}

/** Undefined when the value is empty, too long or there more than once. */
export function readQueryValue(event: QueryEvent, name: string): string | undefined {
  const [value, ...others] = readQuery(event, name);
  return value === undefined || value === '' || others.length > 0 || value.length > MAX_LENGTH ? undefined : value;
}

function readQuery(event: QueryEvent, name: string): readonly string[] {
  if (event.rawQueryString === undefined) return event.multiValueQueryStringParameters?.[name] ?? [];
  return new URLSearchParams(event.rawQueryString).getAll(name);
}

/** `__Host-`: browsers take it over HTTPS only, for this host alone, and from nobody else (RFC 6265bis, section 4.1.3.2). */
const NAME = '__Host-set-owner-install';
/** Lax: it comes along when HubSpot sends the browser back, and with no request that another site makes. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** Payload 2.0 has the cookies in a member of their own (AWS Lambda proxy integration reference, read 2026-11-23). */
export type CookieEvent = HttpEvent & { readonly cookies?: readonly string[] | null };

export function setInstallCookie(value: string): string {
  return `${NAME}=${value}; Max-Age=${STATE_LIFETIME_MS / 1_000}; ${ATTRIBUTES}`;
}

export const CLEAR_INSTALL_COOKIE = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/** Every value of the cookie, whichever members of the event carry it. */
export function installCookies(event: CookieEvent): string[] {
  const pairs = [...(event.cookies ?? []), ...headerValues(event, 'cookie')].flatMap((text) => text.split(';'));
  const values = pairs.map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${NAME}=`));
  return [...new Set(values.map((pair) => pair.slice(NAME.length + 1)))];
}
