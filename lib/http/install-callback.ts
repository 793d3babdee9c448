import type { CookieEvent } from './install-cookie.ts';

/** What HubSpot sent the browser back with. A value that came twice counts as none. */
export type InstallCallback = {
  readonly state: string | undefined;
  readonly code: string | undefined;
  /** HubSpot's word for why there is no code (OAuth guide, read 2026-11-23). */
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
};

export type CallbackEvent = CookieEvent & {
  /** Payload 1.0, where values are decoded already. */
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
};

/** HubSpot names no length for codes. Longer than this is none, and never leaves us. */
const MAX_LENGTH = 2_048;
const CODE = /^[\x21-\x7e]+$/;

export function readCallback(event: CallbackEvent): InstallCallback {
  const values = readQuery(event);
  const one = (name: string) => {
    const [value, ...others] = values(name);
    return value === undefined || value === '' || others.length > 0 || value.length > MAX_LENGTH ? undefined : value;
  };
  const code = one('code');
  return {
    state: one('state'),
    code: code !== undefined && CODE.test(code) ? code : undefined,
    error: one('error'),
    errorDescription: one('error_description'),
  };
}

function readQuery(event: CallbackEvent): (name: string) => readonly string[] {
  if (event.rawQueryString === undefined) return (name) => event.multiValueQueryStringParameters?.[name] ?? [];
  const query = new URLSearchParams(event.rawQueryString);
  return (name) => query.getAll(name);
}
