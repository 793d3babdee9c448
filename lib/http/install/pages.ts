import type { PortalId } from '../../domain/ids.ts';
import { fill, fillText, html } from './html.ts';
import { linkButton, type Page } from './layout.ts';
import type { StateFault } from './state.ts';
import type { Notice, PageTexts } from './texts.ts';

/** Relative, so that it holds under any base path: every page here is a neighbor of `install`. */
const INSTALL = 'install';

/** @param words the words of HubSpot; undefined unless they certainly answer this install */
export function deniedPage(error: string, words: string | undefined, texts: PageTexts): Page {
  const { denied, unchanged, startAgain } = texts;
  const isDenied = error === 'access_denied';
  return {
    status: 403,
    title: isDenied ? denied.title : denied.titleRefused,
    content: html`<p>${isDenied ? denied.why : denied.whyRefused} ${unchanged}</p>
${words === undefined ? '' : html`<p>${fill(denied.words, { words: html`<q>${words}</q>` })}</p>`}
<p>${denied.who}</p>
${linkButton(INSTALL, startAgain)}`,
  };
}

export function statePage(reason: StateFault | 'used', texts: PageTexts): Page {
  switch (reason) {
    case 'expired':
    case 'used':
      return oldLink(texts.links[reason], texts);
    case 'cookie_missing':
    case 'cookie_mismatch':
      return oldLink(texts.links.elsewhere, texts);
    default:
      return oldLink(texts.links.invalid, texts);
  }
}

export function codeRefusedPage(texts: PageTexts): Page {
  return oldLink(texts.links.refused, texts);
}

function oldLink({ title, why }: Notice, { unchanged, startAgain }: PageTexts): Page {
  return { status: 400, title, content: html`<p>${why}</p>\n<p>${unchanged}</p>\n${linkButton(INSTALL, startAgain)}` };
}

/** The address of a connected account's page that can no longer be shown, or never was one. */
export function closedPage(reason: 'expired' | 'invalid', { closed, startAgain }: PageTexts): Page {
  const { title, why } = closed[reason];
  const status = reason === 'expired' ? 410 : 400;
  return { status, title, content: html`<p>${why}</p>\n${linkButton(INSTALL, startAgain, 'other')}` };
}

/** The account was uninstalled, or everything kept of it was deleted, after the page was first shown. */
export function disconnectedPage(account: PortalId, { closed, connectAgain }: PageTexts): Page {
  const { title, why } = closed.disconnected;
  return {
    status: 200,
    title: fillText(title, { account }),
    content: html`<p>${why}</p>\n${linkButton(INSTALL, connectAgain)}`,
  };
}

/** Where a static token connects the one account there is. */
export function nothingToInstallPage(texts: PageTexts): Page {
  const { title, why, first } = texts.static;
  const values = { tab: html`<strong>Distribution</strong>`, setOwner: html`<strong>${texts.setOwner}</strong>` };
  return { status: 404, title, content: html`<p>${why}</p>\n<p>${fill(first, values)}</p>` };
}
