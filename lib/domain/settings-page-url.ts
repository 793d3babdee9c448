import type { PortalId } from './ids.ts';

/** Placeholder for the account's ID, so that one address works for every account. */
const PLACEHOLDER = '{portalId}';
const HUBSPOT = /^(?:[a-z\d-]+\.)*hubspot\.com$/i;
/** Excludes characters that end a link in an email client, or that a chat reads as emphasis or a link. */
const UNBROKEN = /^[\w./?#=&%+:@,;!$-]*$/;

/**
 * Whether this may be the address of the settings page. HubSpot documents none, so an operator copies it from the browser. Admins
 * follow it from a message, so a typo must not lead them to another host.
 */
export function isSettingsPageUrl(text: string): boolean {
  const [, host = '', rest = ''] = /^https:\/\/([^/]+)(\/.*)$/i.exec(text) ?? [];
  return HUBSPOT.test(host) && rest.includes(PLACEHOLDER) && UNBROKEN.test(rest.replaceAll(PLACEHOLDER, ''));
}

export function settingsPageUrlOf(url: string, portalId: PortalId): string {
  return url.replaceAll(PLACEHOLDER, portalId);
}
