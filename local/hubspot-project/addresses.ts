import { isIP } from 'node:net';

/** Names that are reserved for examples (RFC 2606), and placeholders of guides. */
const PLACEHOLDER = /(^|[./@])example\.(com|net|org|edu)(?=$|[:/?#])|\.example(?=$|[:/?#])|(^|[/@.])your-/i;

/** Whether this is still a placeholder of a guide or the template. */
export function isPlaceholder(address: unknown): boolean {
  return typeof address === 'string' && PLACEHOLDER.test(address);
}

export function isHttps(address: unknown): address is string {
  return typeof address === 'string' && URL.parse(address)?.protocol === 'https:';
}

/** HubSpot calls public addresses only: a name with a dot that is not a local name. */
export function isPublicHttps(address: unknown): address is string {
  if (!isHttps(address)) return false;
  const { hostname, username, password } = new URL(address);
  const isName = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && hostname.includes('.');
  return isName && !/\.(localhost|local|internal)$/.test(hostname) && username === '' && password === '';
}

export function isEmail(address: unknown): address is string {
  return typeof address === 'string' && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address);
}
