/** Where an admin begins to install the app. */
export const INSTALL_ROUTE = '/oauth/install';
/** Where HubSpot sends the admin back to. It is a redirect URL of the app. */
export const CALLBACK_ROUTE = '/oauth/callback';
/** The page that an admin sees when the account is connected. It can be reloaded. */
export const CONNECTED_ROUTE = '/oauth/connected';

/**
 * The one spelling of a base URL, which HubSpot is given and signs: scheme and host in lower case, the host in punycode and
 * without the dot of the root, no default port, no slash at the end. The case of a path matters and is kept. Text that is not a
 * base URL is returned unchanged, for the check that refuses it.
 */
export function normalizeBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || /[\s?#\\]/.test(text)) return text;
  if (url.username !== '' || url.password !== '') return text;
  url.hostname = url.hostname.replace(/\.$/, '');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
