import type { PortalId } from '../../domain/ids.ts';
import { findGranted, findMissing, isRequired, type Need } from '../../domain/scopes.ts';
import { fill, fillText, type Html, html } from './html.ts';
import { linkButton, type Page } from './layout.ts';
import type { PageTexts } from './texts.ts';

export type ConnectedAccount = {
  readonly portalId: PortalId;
  /** The scopes of the account in the table. */
  readonly granted: readonly string[];
  readonly firstRefresh: 'queued' | 'tonight';
  /** The account's workflows in HubSpot. */
  readonly workflowsUrl: string;
};

/** Says what the account can do with the app now, and what to do next. A missing required permission comes first. */
export function connectedPage(
  { portalId, granted, firstRefresh, workflowsUrl }: ConnectedAccount,
  texts: PageTexts,
): Page {
  const { connected } = texts;
  const missing = findMissing(granted);
  const blocking = missing.filter(isRequired);
  const others = missing.filter((need) => !isRequired(need));
  const isBlocked = blocking.length > 0;
  const title = fillText(isBlocked ? connected.titleBlocked : connected.title, { account: portalId });
  return {
    status: 200,
    title,
    content: html`${isBlocked ? firstSteps(blocking, texts) : nextSteps(firstRefresh, workflowsUrl, texts)}
${others.length === 0 ? '' : missingList(others, isBlocked, texts)}
${allowedList(granted, texts)}
${codes(granted, missing, texts)}`,
  };
}

function firstSteps(blocking: readonly Need[], { connected, permissions, connectAgain }: PageTexts): Html {
  return html`<div class="first">
<h2>${connected.firstHeading}</h2>
<p>${blocking.map(({ permission }) => html`${permissions[permission].without}`)}</p>
<p>${connected.first}</p>
${linkButton('install', connectAgain)}
</div>`;
}

function nextSteps(firstRefresh: 'queued' | 'tonight', workflowsUrl: string, texts: PageTexts): Html {
  const { connected, setOwner, findOwner } = texts;
  const values = {
    plus: html`<strong>+</strong>`,
    setOwner: html`<strong>${setOwner}</strong>`,
    findOwner: html`<strong>${findOwner}</strong>`,
  };
  return html`<p>${connected[firstRefresh]}</p>
<h2>${connected.nextHeading}</h2>
<p>${fill(connected.next, values)}</p>
${linkButton(workflowsUrl, connected.openWorkflows)}`;
}

function missingList(
  missing: readonly Need[],
  isBlocked: boolean,
  { connected, permissions, connectAgain }: PageTexts,
) {
  const items = missing.map(({ permission }) => html`<li>${permissions[permission].without}</li>\n`);
  return html`<h2>${connected.missingHeading}</h2>
<p>${connected.missing}</p>
<ul>
${items}</ul>
${isBlocked ? '' : linkButton('install', connectAgain, 'other')}`;
}

function allowedList(granted: readonly string[], { connected, permissions }: PageTexts): Html {
  const items = findGranted(granted).map((permission) => html`<li>${permissions[permission].allows}</li>\n`);
  return html`<h2>${connected.allowedHeading}</h2>
${items.length === 0 ? html`<p>${connected.allowedNothing}</p>` : html`<ul>\n${items}</ul>\n<p>${connected.allowedOnly}</p>`}`;
}

/** HubSpot's names of the permissions, for people who have to look one up. */
function codes(granted: readonly string[], missing: readonly Need[], { connected }: PageTexts): Html {
  return html`<details>
<summary>${connected.codes}</summary>
${codeList(connected.codesGranted, [...granted].sort())}${codeList(
  connected.codesMissing,
  missing.flatMap(({ scopes }) => scopes),
)}</details>`;
}

function codeList(heading: string, scopes: readonly string[]): Html {
  if (scopes.length === 0) return html``;
  return html`<h3>${heading}</h3>
<ul>
${scopes.map((scope) => html`<li><code>${scope}</code></li>\n`)}</ul>
`;
}
