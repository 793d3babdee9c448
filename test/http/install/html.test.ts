import fc from 'fast-check';
import { fill, fillText, html } from '../../../lib/http/install/html.ts';
import { anyText } from '../../support/any-text.ts';

it('HTML templates write values as text', () => {
  expect(html`<p title="${'"><script>'}">${"Tom & 'Jerry' `x`"}</p>`.markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">Tom &amp; &#39;Jerry&#39; &#96;x&#96;</p>',
  );
});

it('HTML templates do not escape their own output, one or many, and escape nothing twice', () => {
  const items = ['a<b', 'c'].map((text) => html`<li>${text}</li>`);
  expect(html`<ul>${items}</ul>${html`<b>${'&'}</b>`}${7}`.markup).toBe(
    '<ul><li>a&lt;b</li><li>c</li></ul><b>&amp;</b>7',
  );
});

it('HTML templates do not accept a lookalike as their own markup', () => {
  const forged = JSON.parse('{"markup":"<script>"}');
  expect(() => html`${forged}`).toThrow();
  expect(html`${[forged.markup] as never}`.markup).not.toContain('<script>');
});

it('HTML templates fill values into a translated sentence, as text unless a template made them', () => {
  const values = { name: '<b>', code: html`<code>1</code>` };
  expect(fill("{code} isn't {name} & {code}", values).markup).toBe(
    '<code>1</code> isn&#39;t &lt;b&gt; &amp; <code>1</code>',
  );
  expect(fillText('{name} & {name}', { name: '<b>' })).toBe('<b> & <b>');
});

it('HTML templates refuse a sentence that names a missing value', () => {
  expect(() => fill('{other}', { name: 'x' })).toThrow(/names other/);
  expect(() => fillText('{other}', {})).toThrow(/names other/);
});

it('[A3] No value can add a tag, a quote or an entity to a page', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const { markup } = html`${text}`;
      expect(markup).not.toMatch(/[<>"'`]/);
      const back = markup.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name) => BACK[name] ?? '');
      expect(back).toBe(text);
    }),
  );
});

const BACK: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
