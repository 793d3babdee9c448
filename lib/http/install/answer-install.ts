import type { InstallEnd } from '../../use-cases/portals/finish-install.ts';
import type { HttpEvent, HttpResult } from '../http-event.ts';
import { CLEAR_INSTALL_COOKIE } from './callback.ts';
import { sealView, VIEW_PARAMETER } from './connected-token.ts';
import { answerPage, type Page } from './layout.ts';
import { codeRefusedPage, deniedPage, statePage } from './pages.ts';
import type { InstallServices } from './services.ts';
import type { StateFault, StateVerdict } from './state.ts';
import type { PageTexts } from './texts.ts';

/** An install ends when HubSpot sends the browser back, with any result. */
export const ENDED_HEADERS = { 'set-cookie': CLEAR_INSTALL_COOKIE };

/** But a cookie that is not known to be of this install may be of another one, which is still under way in another tab. */
export function endedHeaders(state: StateVerdict, cookies: readonly string[]): Readonly<Record<string, string>> {
  return state.valid || cookies.length === 0 ? ENDED_HEADERS : {};
}

/** The page that says how an install ended, or the redirect to the page of a connected account. */
export function answerInstall(
  event: HttpEvent,
  end: InstallEnd<StateFault>,
  { viewKey, randomBytes, now }: Pick<InstallServices, 'viewKey' | 'randomBytes' | 'now'>,
  headers: Readonly<Record<string, string>> = ENDED_HEADERS,
): HttpResult {
  if (end.kind === 'connected') return sendToPage(sealView(end, { viewKey, randomBytes, nowEpochMs: now() }));
  return answerPage(event, (texts) => pageOf(end, texts), headers);
}

function pageOf(end: Exclude<InstallEnd<StateFault>, { readonly kind: 'connected' }>, texts: PageTexts): Page {
  switch (end.kind) {
    case 'denied':
      return deniedPage(end.error, end.words, texts);
    case 'stateRefused':
      return statePage(end.reason, texts);
    case 'codeMissing':
      return statePage('missing', texts);
    case 'stateUsed':
      return statePage('used', texts);
    case 'codeRefused':
      return codeRefusedPage(texts);
  }
}

/** To an address that can be reloaded, because a code works only once. Relative, so that it works under any base path. */
function sendToPage(view: string): HttpResult {
  const location = `connected?${VIEW_PARAMETER}=${view}`;
  const headers = { ...ENDED_HEADERS, location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { statusCode: 303, headers, body: '' };
}
