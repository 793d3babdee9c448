import { AUTHORIZE_FIELDS, type AuthorizeRequest, missingInPortal } from './authorize-request.ts';
import type { Reply } from './replies.ts';
import type { Portal } from './state.ts';

export const DECISION_PATH = '/oauth/authorize/decision';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

/** The empty icon keeps browsers from requesting one, which would be a call that no client makes. */
function answerPage(status: number, title: string, content: string): Reply {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>${title}</title>
</head>
<body><main>
<h1>${title}</h1>
${content}
</main></body>
</html>
`;
  return { status, body, headers: { 'Content-Type': 'text/html;charset=utf-8', 'Cache-Control': 'no-store' } };
}

/** The page for a person who cannot be sent back. */
export function answerErrorPage(status: number, problem: string): Reply {
  return answerPage(status, 'This app cannot be connected', `<p role="alert">${escapeHtml(problem)}</p>`);
}

function portalChoice(portal: Portal, request: AuthorizeRequest): string {
  const { portalId, uiDomain } = portal;
  const missing = missingInPortal(portal, request);
  const input = `<input type="radio" id="portal-${portalId}" name="portal_id" value="${portalId}" required`;
  const label = `<label for="portal-${portalId}">Account ${portalId} (${escapeHtml(uiDomain)})</label>`;
  if (missing.length === 0) return `<p>${input}> ${label}</p>`;
  const why = `This account does not have: ${escapeHtml(missing.join(', '))}`;
  const whyId = `portal-${portalId}-why`;
  return `<p>${input} disabled aria-describedby="${whyId}"> ${label} <span id="${whyId}">${why}</span></p>`;
}

function scopeList(scopes: readonly string[]): string {
  return `<ul>${scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('')}</ul>`;
}

/** The page on which a person chooses an account and connects the app, or cancels. */
export function answerConsentPage(
  request: AuthorizeRequest,
  fields: ReadonlyMap<string, string>,
  portals: readonly Portal[],
): Reply {
  const hidden = AUTHORIZE_FIELDS.filter((name) => fields.has(name)).map(
    (name) => `<input type="hidden" name="${name}" value="${escapeHtml(fields.get(name) ?? '')}">`,
  );
  const optional =
    request.optionalScopes.length === 0
      ? ''
      : `<h2>If the account has it, the app also asks for</h2>\n${scopeList(request.optionalScopes)}\n`;
  return answerPage(
    200,
    'Connect app to HubSpot',
    `<form method="post" action="${DECISION_PATH}">
${hidden.join('\n')}
<fieldset>
<legend>Choose an account</legend>
${portals.map((portal) => portalChoice(portal, request)).join('\n')}
</fieldset>
<h2>The app asks for</h2>
${scopeList(request.scopes)}
${optional}<p>
<button type="submit" name="decision" value="connect">Connect app</button>
<button type="submit" name="decision" value="cancel" formnovalidate>Cancel</button>
</p>
</form>`,
  );
}
