import { NO_BROWSER } from '../../local/demo-fix.ts';
import { findChromium } from '../../local/page/chromium.ts';
import { widthOf } from '../../local/wrap.ts';
import { startProgram, stopPrograms } from './start-program.ts';

jest.setTimeout(180_000);
afterEach(stopPrograms);

it('The demo exits with 0, in lines of at most 80 columns, without control characters where no terminal is', async () => {
  const program = startProgram('demo.ts', {
    ...(process.env.CHROMIUM_PATH && { CHROMIUM_PATH: process.env.CHROMIUM_PATH }),
  });
  expect([await program.ended, program.output()]).toEqual([0, expect.anything()]);
  const lines = program.output().split('\n');
  expect(lines).toContain('Summary');
  const chromium = findChromium(process.env.CHROMIUM_PATH);
  const fix = lines.slice(lines.indexOf('An admin fixes an email on the settings page') + 1, lines.indexOf('Summary'));
  expect(lines.filter((line) => line.startsWith('  ✓ '))).toHaveLength(chromium === undefined ? 26 : 28);
  if (chromium === undefined) expect(fix).toContain(`  ${NO_BROWSER}`);
  else expect(fix.filter((line) => /ASSIGNED$|OWNER_NOT_FOUND$/.test(line))).toHaveLength(2);
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  expect(program.output()).not.toContain('\u001b');
});
