import { createHash } from 'node:crypto';
import type { Locale } from '../../action/labels.ts';
import type { HttpEvent, HttpResult } from '../http-event.ts';
import { Html, html } from './html.ts';
import { chooseLanguage } from './language.ts';
import { type PageTexts, textsIn } from './texts.ts';

/** The name of the app in HubSpot, the same in every language. */
const PRODUCT_NAME = 'Owner by email';

/** An envelope whose seal is a person. Screen readers skip the picture, because the name next to it says the same. */
const LOGO = html`<svg viewBox="0 0 48 48" width="40" height="40" aria-hidden="true" focusable="false">
<rect x="2" y="8" width="44" height="32" rx="6" fill="var(--accent)"/>
<path d="M7 14l17 13 17-13" fill="none" stroke="var(--on-accent)" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>
<circle cx="36" cy="32" r="10" fill="var(--page)"/>
<circle cx="36" cy="29" r="3.2" fill="var(--accent)"/>
<path d="M30 37.5a6 5 0 0112 0z" fill="var(--accent)"/>
</svg>`;

/** Contrast of every pair is 7:1 or more (WCAG 2.2, success criterion 1.4.6), in light and in dark. */
const STYLE = `
:root { color-scheme: light dark; --text: #1b2733; --page: #fff; --quiet: #3f4d5a; --accent: #0b4f8a; --on-accent: #fff; --line: #8a97a5 }
@media (prefers-color-scheme: dark) {
  :root { --text: #eef2f6; --page: #14191f; --quiet: #c3ccd6; --accent: #9fd0ff; --on-accent: #0d1b29; --line: #6c7a89 }
}
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.6 system-ui, sans-serif }
header, main { max-width: 40rem; margin: 0 auto; padding: 0 1rem }
header { display: flex; align-items: center; gap: .75rem; padding-top: 2rem; font-weight: 600 }
header svg { flex: none }
main { padding-bottom: 4rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25 }
h2 { font-size: 1.2rem; margin-top: 2rem }
a, summary { color: var(--accent) }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
.button { display: inline-block; padding: .6rem 1.2rem; border: 2px solid var(--accent); border-radius: .4rem; font-weight: 600; text-decoration: none }
.main.button { background: var(--accent); color: var(--on-accent) }
summary { cursor: pointer; padding: .25rem 0 }
h3 { font-size: 1rem; margin-bottom: 0 }
code { font-family: ui-monospace, monospace; font-size: .9em }
li + li { margin-top: .4rem }
.quiet { color: var(--quiet) }
.first { border-left: 4px solid var(--line); padding-left: 1rem }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // Only text: no script, image or frame, nothing from other hosts, and our own style by its hash.
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  // The address may contain a code or the right to see an account's page.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export type Page = {
  readonly status: number;
  /** Also the heading. */
  readonly title: string;
  readonly content: Html;
};

/** Answers with a page in the browser's language. */
export function answerPage(
  event: HttpEvent,
  toPage: (texts: PageTexts) => Page,
  headers: Readonly<Record<string, string>> = {},
): HttpResult {
  const locale = chooseLanguage(event);
  const { status, title, content } = toPage(textsIn(locale));
  const page = html`<!doctype html>
<html lang="${LANGUAGE_TAGS[locale] ?? locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${Html.ofTrusted(STYLE)}</style>
</head>
<body>
<header>${LOGO}<span>${PRODUCT_NAME}</span></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { statusCode: status, headers: { ...HEADERS, ...headers }, body: page.markup };
}

/** For languages whose browser name differs from HubSpot's. */
const LANGUAGE_TAGS: Readonly<Partial<Record<Locale, string>>> = { 'pt-br': 'pt-BR' };

/** A link that looks like a button. The main one is the next step. */
export function linkButton(target: string, label: string, kind: 'main' | 'other' = 'main'): Html {
  const name = kind === 'main' ? 'main button' : 'button';
  return html`<p><a class="${name}" href="${target}">${label}</a></p>`;
}
