import type { InstallReturn } from '../../use-cases/portals/finish-install.ts';
import { type HttpEvent, headerValues } from '../http-event.ts';
import { STATE_LIFETIME_MS } from './state.ts';

/** The parameters before the check of the state. A parameter that occurs twice counts as absent (OAuth guide, read 2026-11-23). */
type InstallCallback = Omit<InstallReturn<never>, 'state'> & { readonly state: string | undefined };

export type QueryEvent = HttpEvent & {
  /** Payload 1.0, in which values are already decoded. */
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
};
export type CallbackEvent = CookieEvent & QueryEvent;

/** HubSpot documents no length for codes. A longer text is not a code and is never sent. */
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

/** Undefined if the value is empty, too long or occurs more than once. */
export function readQueryValue(event: QueryEvent, name: string): string | undefined {
  const [value, ...others] = readQuery(event, name);
  return value === undefined || value === '' || others.length > 0 || value.length > MAX_LENGTH ? undefined : value;
}

function readQuery(event: QueryEvent, name: string): readonly string[] {
  if (event.rawQueryString === undefined) return event.multiValueQueryStringParameters?.[name] ?? [];
  return new URLSearchParams(event.rawQueryString).getAll(name);
}

/** `__Host-`: browsers accept it over HTTPS only, for this host alone, and only from this host (RFC 6265bis, section 4.1.3.2). */
const NAME = '__Host-set-owner-install';
/** Lax: browsers send it when HubSpot sends the browser back, but not with requests that other sites make. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** Payload 2.0 has the cookies in a separate member (AWS Lambda proxy integration reference, read 2026-11-23). */
export type CookieEvent = HttpEvent & { readonly cookies?: readonly string[] | null };

export function setInstallCookie(value: string): string {
  return `${NAME}=${value}; Max-Age=${STATE_LIFETIME_MS / 1_000}; ${ATTRIBUTES}`;
}

export const CLEAR_INSTALL_COOKIE = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/** Every value of the cookie, from any member of the event. */
export function installCookies(event: CookieEvent): string[] {
  const pairs = [...(event.cookies ?? []), ...headerValues(event, 'cookie')].flatMap((text) => text.split(';'));
  const values = pairs.map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${NAME}=`));
  return [...new Set(values.map((pair) => pair.slice(NAME.length + 1)))];
}
