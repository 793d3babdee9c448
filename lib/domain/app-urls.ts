/** Where an admin begins to install the app. */
export const INSTALL_ROUTE = '/oauth/install';
/** Where HubSpot sends the admin back to; a redirect URL of the app. */
export const CALLBACK_ROUTE = '/oauth/callback';
/** What an admin sees once the account is connected. It can be reloaded. */
export const CONNECTED_ROUTE = '/oauth/connected';

/**
 * The one spelling of a base URL, which HubSpot is given and signs for: scheme and host in lower case, the host in punycode and
 * without the dot of the root, no default port, no slash at the end. The case of a path counts and stays. What is no base URL
 * stays as it is, for the check that refuses it.
 */
export function normalizeBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || /[\s?#\\]/.test(text)) return text;
  if (url.username !== '' || url.password !== '') return text;
  url.hostname = url.hostname.replace(/\.$/, '');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
