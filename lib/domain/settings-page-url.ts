import type { PortalId } from './ids.ts';

/** Stands for the account's ID, so that one address serves every account. */
const PLACEHOLDER = '{portalId}';
const HUBSPOT = /^(?:[a-z\d-]+\.)*hubspot\.com$/i;
/** No character at which an email client ends a link, or that a chat reads as emphasis or a link of its own. */
const UNBROKEN = /^[\w./?#=&%+:@,;!$-]*$/;

/**
 * Whether this may be the address of the settings page. HubSpot documents none, so an operator copies it from the browser.
 * Admins follow it from a message: a mistyped one must not lead them to a host of somebody else.
 */
export function isSettingsPageUrl(text: string): boolean {
  const [, host = '', rest = ''] = /^https:\/\/([^/]+)(\/.*)$/i.exec(text) ?? [];
  return HUBSPOT.test(host) && rest.includes(PLACEHOLDER) && UNBROKEN.test(rest.replaceAll(PLACEHOLDER, ''));
}

export function settingsPageUrlOf(url: string, portalId: PortalId): string {
  return url.replaceAll(PLACEHOLDER, portalId);
}
