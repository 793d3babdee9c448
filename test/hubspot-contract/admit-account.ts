/** Types of accounts in which nobody works (account information API, read 2026-11-27). */
const TEST_ACCOUNTS = new Set(['DEVELOPER_TEST', 'SANDBOX']);
const HUBSPOTS_HOST = /(^|\.)(hubapi|hubspot)\.com$/;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Why nothing may be sent to an address; undefined when it may. The checks write, so that HubSpot's own address needs the
 * account by name: a token in the environment may be another one than people think.
 */
export function refuseAddress(baseUrl: string, portalId: string | undefined): string | undefined {
  if (!URL.canParse(baseUrl)) return 'HUBSPOT_API_BASE_URL is not an address';
  const { protocol, hostname } = new URL(baseUrl);
  const host = hostname.replace(/\.$/, '');
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(host))) {
    return 'HUBSPOT_API_BASE_URL must use https, so that nobody on the way reads the token';
  }
  if (HUBSPOTS_HOST.test(host) && portalId === undefined) {
    return 'Name the test account with --portal: the checks create, change and delete records in it';
  }
  return undefined;
}

/** Why the checks may not run in the account of the token; undefined when they may. */
export function refuseAccount(
  account: { readonly portalId: string; readonly accountType: string },
  portalId: string | undefined,
): string | undefined {
  if (portalId !== undefined && portalId !== account.portalId) {
    return `The token belongs to account ${account.portalId}, not to ${portalId}`;
  }
  if (TEST_ACCOUNTS.has(account.accountType)) return undefined;
  return `Account ${account.portalId} is of the type ${account.accountType || 'unknown'}. The checks write, so they run in a developer test account or a sandbox only`;
}
