import { CALLBACK_ROUTE, INSTALL_ROUTE } from '../lib/domain/app-urls.ts';

export type InstallTarget = {
  /** Where the functions are served. */
  readonly url: string;
  /** Where the simulator's consent page is. */
  readonly hubspotUrl: string;
  readonly redirectUri: string;
  readonly portalId: number;
};

type CookieJar = { keep(response: Response): void; header(): Record<string, string>; isEmpty(): boolean };

const HIDDEN_FIELD = /<input type="hidden" name="([^"]*)" value="([^"]*)">/g;
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

/**
 * The steps of an administrator who connects an account in a browser: opens our install page, is sent to HubSpot's, chooses the
 * account, approves, and returns with the cookie of the first step. Returns the heading of the last page.
 * @throws as soon as a step does not lead to the next one
 */
export async function installApp({ url, hubspotUrl, redirectUri, portalId }: InstallTarget): Promise<string> {
  const jar = createCookieJar();
  const begun = await fetch(`${url}${INSTALL_ROUTE}`, { redirect: 'manual' });
  jar.keep(begun);
  const consentUrl = locationOf(begun, `${hubspotUrl}/`);

  const consent = await fetch(consentUrl);
  const { action, fields } = readForm(await consent.text(), portalId);
  const body = new URLSearchParams([...fields, ['portal_id', String(portalId)], ['decision', 'connect']]);
  const decided = await fetch(new URL(action, consentUrl), { method: 'POST', body, redirect: 'manual' });
  const { search } = locationOf(decided, redirectUri);

  // Behind a tunnel, the callback has the tunnel's address, which also leads here.
  const back = await fetch(`${url}${CALLBACK_ROUTE}${search}`, { headers: jar.header(), redirect: 'manual' });
  jar.keep(back);
  if (!jar.isEmpty()) throw new Error('the cookie of an install that is over was not cleared');
  const location = back.headers.get('location');
  if (back.status !== 303 || location === null) {
    throw new Error(`account ${portalId} was not connected: ${back.status} ${headingOf(await back.text())}`);
  }
  const connected = await fetch(new URL(location, back.url), { redirect: 'manual' });
  const heading = headingOf(await connected.text());
  if (connected.status !== 200) throw new Error(`account ${portalId} is not shown: ${connected.status} ${heading}`);
  return heading;
}

function headingOf(page: string): string {
  return /<h1>(.*?)<\/h1>/.exec(page)?.[1] ?? '';
}

/** Enough for one page of the service and one cookie: stored cookies are sent, and `Max-Age=0` deletes one. */
function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    keep(response) {
      for (const line of response.headers.getSetCookie()) {
        const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
        const at = pair.indexOf('=');
        const isOver = attributes.some((attribute) => attribute.toLowerCase() === 'max-age=0');
        if (isOver) cookies.delete(pair.slice(0, at));
        else cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
    },
    header: () => ({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
    isEmpty: () => cookies.size === 0,
  };
}

function locationOf(response: Response, start: string): URL {
  const location = response.headers.get('location');
  if (response.status === 302 && location?.startsWith(start) === true) return new URL(location);
  throw new Error(`an install was not sent on to ${start}: status ${response.status}`);
}

/** The form of the consent page, if the account can be chosen there. */
function readForm(page: string, portalId: number): { readonly action: string; readonly fields: [string, string][] } {
  const action = /<form method="post" action="([^"]*)">/.exec(page)?.[1];
  const isOffered = page.includes(`name="portal_id" value="${portalId}" required>`);
  if (action === undefined || !isOffered) throw new Error(`the consent page does not offer account ${portalId}`);
  const fields = [...page.matchAll(HIDDEN_FIELD)].map(([, name = '', value = '']): [string, string] => [
    name,
    unescapeHtml(value),
  ]);
  return { action, fields };
}

function unescapeHtml(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot);/g, (entity) => ENTITIES[entity] ?? entity);
}
