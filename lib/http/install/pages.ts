import type { Need } from '../../domain/scopes.ts';
import type { InstallResult } from '../../use-cases/portals/install-portal.ts';
import type { Page } from './html.ts';
import { type Html, html } from './html.ts';
import type { StateFault } from './state.ts';

/** As the English editor shows them; the texts themselves are in no bundle. */
const ACTIONS = ['Set owner by email', 'Find owner by email'] as const;

/** Relative, so that it holds under any base path: every page here is a neighbor of `install`. */
const START_AGAIN = html`<p><a href="install">Start again</a></p>`;
const UNCHANGED = html`<p>Nothing was changed. If a page before this one said that the account is connected, it still is.</p>`;

export function connectedPage({
  portalId,
  granted,
  missing,
  firstRefresh,
}: Extract<InstallResult, { kind: 'connected' }>): Page {
  const refresh =
    firstRefresh === 'queued'
      ? html`<p>Its owners are being read now. You can use the actions at once.</p>`
      : html`<p>Its owners are read tonight, because reading them could not be started now. You can use the actions at once.</p>`;
  return {
    status: 200,
    title: `HubSpot account ${portalId} is connected`,
    content: html`${refresh}
<h2>Next step</h2>
<p class="next">In HubSpot, open <strong>Automations</strong> → <strong>Workflows</strong>, open a workflow or create one, choose
<strong>+</strong> and add <strong>${ACTIONS[0]}</strong>. To find an owner without changing the record, add
<strong>${ACTIONS[1]}</strong>.</p>
${missing.length === 0 ? '' : missingList(missing)}
<h2>What the account granted</h2>
${missing.length === 0 ? html`<p>The account granted everything that the app can use.</p>` : ''}
${scopeList(granted)}`,
  };
}

function missingList(missing: readonly Need[]): Html {
  const items = missing.map(
    ({ scopes, cost }) => html`<li>${cost} <span class="quiet">Missing: ${codes(scopes)}</span></li>\n`,
  );
  return html`<h2>What does not work yet</h2>
<p>The account did not grant everything that the app can use. An account without the hub that a permission belongs to cannot
grant it. Once it can, <a href="install">connect it again</a>.</p>
<ul>
${items}</ul>`;
}

function scopeList(scopes: readonly string[]): Html {
  if (scopes.length === 0) return html`<p>Nothing.</p>`;
  return html`<ul>
${[...scopes].sort().map((scope) => html`<li><code>${scope}</code></li>\n`)}</ul>`;
}

function codes(scopes: readonly string[]): readonly Html[] {
  return scopes.map((scope, index) => html`${index === 0 ? '' : ', '}<code>${scope}</code>`);
}

/** @param words what HubSpot says; undefined unless it is sure that HubSpot says it to whoever began this install */
export function deniedPage(error: string, words: string | undefined): Page {
  const isDenied = error === 'access_denied';
  return {
    status: 403,
    title: isDenied ? 'The account was not connected' : 'HubSpot did not connect the account',
    content: html`<p>${
      isDenied
        ? 'The permissions were not granted, so the app cannot see or change anything in the account.'
        : 'HubSpot refused before it asked for permissions. The account may lack something that the app needs.'
    }</p>
${words === undefined ? '' : html`<p>HubSpot says: <q>${words}</q></p>`}
<p>You need to be a super admin of the account, or to have the permission to install apps.</p>
${START_AGAIN}`,
  };
}

export function statePage(reason: StateFault | 'used'): Page {
  switch (reason) {
    case 'expired':
      return oldLink('That took too long', 'Connecting has to be finished within ten minutes.');
    case 'used':
      return oldLink('This link was used before', 'Every link that connects an account works once.');
    case 'cookie_missing':
    case 'cookie_mismatch':
      return oldLink(
        'Connecting began somewhere else',
        'It has to be begun and finished in the same browser, in the tab that was opened last, with cookies allowed.',
      );
    default:
      return oldLink(
        'This link does not connect an account',
        'It did not come from one of our pages, or not all of it.',
      );
  }
}

export function codeRefusedPage(): Page {
  return oldLink('HubSpot no longer knows this link', 'Its part of the link was used before or has expired.');
}

function oldLink(title: string, why: string): Page {
  return { status: 400, title, content: html`<p>${why}</p>\n${UNCHANGED}\n${START_AGAIN}` };
}
