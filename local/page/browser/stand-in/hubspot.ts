import type { hubspot as HubSpot, SettingsContext } from '@hubspot/ui-extensions';
import type { ReactElement } from 'react';

type Fetch = typeof HubSpot.fetch;
type Api = Parameters<Parameters<typeof HubSpot.extend<'settings'>>[0]>[0];
type RenderExtension = (api: Api) => ReactElement;

/** HubSpot's limits of `hubspot.fetch` (fetching data, read 2026-11-27). */
const MOST_AT_ONCE = 20;
const DEFAULT_TIMEOUT_MS = 15_000;

let extension: RenderExtension | undefined;
let userId = 0;
let open = 0;

/** What the page registered, for the host to render. */
export function renderExtension(context: SettingsContext, actions: Api['actions']): ReactElement {
  if (extension === undefined) throw new Error('the page did not call hubspot.extend');
  // HubSpot names the user itself: the page cannot choose who it is.
  userId = context.user.id;
  return extension({ context, actions } as Api);
}

export const hubspot: Pick<typeof HubSpot, 'extend' | 'fetch'> = {
  extend: ((render: RenderExtension) => {
    if (extension !== undefined) throw new Error('hubspot.extend may be called once');
    extension = render;
  }) as typeof HubSpot.extend,
  fetch: fetchThroughDesk,
};

/** HubSpot's servers sign a request and send it on. Here the server of the desk does. */
async function fetchThroughDesk(...[url, options = {}]: Parameters<Fetch>): Promise<Response> {
  const { method = 'GET', body, timeout = DEFAULT_TIMEOUT_MS, headers } = options;
  if (headers !== undefined) throw new TypeError('hubspot.fetch does not document headers');
  if (open >= MOST_AT_ONCE) return Response.json({ message: 'too many requests at once' }, { status: 429 });
  open += 1;
  try {
    return await fetch('/desk/fetch', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: String(url), method, body, userId }),
      signal: AbortSignal.timeout(timeout),
    });
  } finally {
    open -= 1;
  }
}
