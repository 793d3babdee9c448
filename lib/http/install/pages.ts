import type { PortalId } from '../../domain/ids.ts';
import { fill, fillText, html } from './html.ts';
import { linkButton, type Page } from './layout.ts';
import type { StateFault } from './state.ts';
import type { Notice, PageTexts } from './texts.ts';

/** Relative, so that it works under any base path: every page here is in the same folder as `install`. */
const INSTALL = 'install';

/** @param words HubSpot's sentence; undefined unless it certainly belongs to this install */
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

/** For the address of a connected account's page that has expired or is invalid. */
export function closedPage(reason: 'expired' | 'invalid', { closed, startAgain }: PageTexts): Page {
  const { title, why } = closed[reason];
  const status = reason === 'expired' ? 410 : 400;
  return { status, title, content: html`<p>${why}</p>\n${linkButton(INSTALL, startAgain, 'other')}` };
}

/** The account uninstalled the app, or its data was deleted, after the page was first shown. */
export function disconnectedPage(account: PortalId, { closed, connectAgain }: PageTexts): Page {
  const { title, why } = closed.disconnected;
  return {
    status: 200,
    title: fillText(title, { account }),
    content: html`<p>${why}</p>\n${linkButton(INSTALL, connectAgain)}`,
  };
}

/** For a static token, which connects the only account. */
export function nothingToInstallPage(texts: PageTexts): Page {
  const { title, why, first } = texts.static;
  const values = { tab: html`<strong>Distribution</strong>`, setOwner: html`<strong>${texts.setOwner}</strong>` };
  return { status: 404, title, content: html`<p>${why}</p>\n<p>${fill(first, values)}</p>` };
}
