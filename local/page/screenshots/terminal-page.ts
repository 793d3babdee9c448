/** What a terminal shows of the codes that the programs here print. Each has a contrast of 7 and more with the background. */
const STYLES: Readonly<Record<string, string>> = {
  1: 'font-weight:bold',
  2: 'color:#a9b7c6',
  31: 'color:#ffb4ab',
  32: 'color:#8fe3a3',
  33: 'color:#f5d67b',
  36: 'color:#7fd6ea',
};
const ENDS = ['22', '39'];
/** What a code begins with: the rest is its number and an m. */
const ESCAPE = '\u001b[';

/**
 * A page that shows the output of a program as a terminal does.
 * @throws if there is a code that no program here prints, because the picture would not show it
 */
export function toTerminalPage(output: string, columns: number): string {
  const escaped = output.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const [before = '', ...styled] = escaped.split(ESCAPE);
  const html = before + styled.map(toHtml).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Terminal</title><style>
body { margin: 0; display: inline-block; background: #16202a; }
pre { margin: 16px 20px; width: ${columns}ch; color: #e8eef4; font: 13px/1.35 "DejaVu Sans Mono", monospace; }
</style><body><pre>${html}</pre></body></html>`;
}

function toHtml(text: string): string {
  const [, code = '', rest = ''] = /^(\d+)m([\s\S]*)$/.exec(text) ?? [];
  if (ENDS.includes(code)) return `</span>${rest}`;
  const style = STYLES[code];
  if (style === undefined) throw new Error(`the picture of a terminal does not know the code ${text.slice(0, 5)}`);
  return `<span style="${style}">${rest}`;
}
