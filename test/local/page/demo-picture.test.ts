import { shorten } from '../../../local/page/screenshots/shorten-demo.ts';
import { toTerminalPage } from '../../../local/page/screenshots/terminal-page.ts';

const OUTPUT = `  Everything runs here
  Starting …

\u001b[1mOne group\u001b[22m
  \u001b[32m✓\u001b[39m A record   \u001b[36mASSIGNED\u001b[39m
    jane@example.com
  \u001b[31m✗\u001b[39m Another
    omar@example.com
  \u001b[32m✓\u001b[39m A third

\u001b[1mA group of two\u001b[22m
  \u001b[32m✓\u001b[39m A record
  In the browser
  \u001b[32m✓\u001b[39m The same record

\u001b[1mSummary\u001b[22m
  3 executions

\u001b[1mTry next\u001b[22m
  npm start
`;

it('The picture of the demo shows the first record of each group, and says how many there are', () => {
  const shown = shorten(OUTPUT);
  expect(shown.match(/[✓✗]/g)).toEqual(['✓', '✓', '✓']);
  expect(shown).toContain('\u001b[1mOne group\u001b[22m (1 of 3)\n');
  expect(shown).toContain('\n\n\u001b[1mA group of two\u001b[22m\n');
  expect(shown).toMatch(/^ {2}Everything runs here\n {2}…\n\n/);
  expect(shown).toMatch(/ {2}3 executions$/);
});

it('The picture of the demo is not made from an output that has no summary', () => {
  expect(() => shorten('Something went wrong')).toThrow('Summary');
});

it('The picture of a terminal shows bold text and colors, and the output as text', () => {
  const page = toTerminalPage('\u001b[1mA <b>\u001b[22m \u001b[36mASSIGNED\u001b[39m & more', 80);
  expect(page).toContain('<span style="font-weight:bold">A &#60;b&#62;</span>');
  expect(page).toMatch(/<span style="color:#\w+">ASSIGNED<\/span> &#38; more/);
});

it('The picture of a terminal is not made from a code that it cannot show', () => {
  expect(() => toTerminalPage('\u001b[5m blinks', 80)).toThrow('5m');
});
