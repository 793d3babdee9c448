import { createHash } from 'node:crypto';
import type { HttpResult } from '../http-event.ts';

/** Markup that was escaped where it had to be. Made by `html` alone, so that a text can never be taken for it. */
export class Html {
  readonly markup: string;

  private constructor(markup: string) {
    this.markup = markup;
  }

  /** For the tag below, and for texts of our own that are not HTML, such as a style sheet. */
  static ofTrusted(markup: string): Html {
    return new Html(markup);
  }
}

type Value = string | number | Html | readonly Html[];

/** Tag of a template: what is written in the template is markup, and every value in it is text unless `html` made it. */
export function html(template: TemplateStringsArray, ...values: readonly Value[]): Html {
  return Html.ofTrusted(template.map((markup, index) => markup + toMarkup(values[index] ?? '')).join(''));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function toMarkup(value: Value): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return String(value).replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? '');
}

/** Contrast of every pair is 7:1 or more (WCAG 2.2, success criterion 1.4.6), in light and in dark. */
const STYLE = `
:root { color-scheme: light dark; --text: #1b2733; --page: #fff; --quiet: #3f4d5a; --link: #0b4f8a; --line: #8a97a5 }
@media (prefers-color-scheme: dark) {
  :root { --text: #eef2f6; --page: #14191f; --quiet: #c3ccd6; --link: #9fd0ff; --line: #6c7a89 }
}
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.6 system-ui, sans-serif }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25 }
h2 { font-size: 1.2rem; margin-top: 2rem }
a { color: var(--link) }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 3px }
code { font-family: ui-monospace, monospace; font-size: .9em }
li + li { margin-top: .4rem }
.quiet { color: var(--quiet) }
.next { border-left: 4px solid var(--line); padding-left: 1rem }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // A page of texts: no script, no image, no frame, nothing from elsewhere, and our own style by its hash.
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  // The address holds a code, even if one that is used up.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export type Page = {
  readonly status: number;
  /** Also the heading. */
  readonly title: string;
  readonly content: Html;
};

export function respondWithPage(
  { status, title, content }: Page,
  headers: Readonly<Record<string, string>> = {},
): HttpResult {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${Html.ofTrusted(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { statusCode: status, headers: { ...HEADERS, ...headers }, body: page.markup };
}
