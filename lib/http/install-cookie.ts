import { type HttpEvent, headerValues } from './http-event.ts';
import { STATE_LIFETIME_MS } from './install-state.ts';

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
