import { widthOf } from '../../local/wrap.ts';
import { startProgram, stopPrograms } from './start-program.ts';

jest.setTimeout(120_000);
afterEach(stopPrograms);

it('the demo exits with 0, in lines of at most 80 columns, without control characters where no terminal is', async () => {
  const program = startProgram('demo.ts', {});
  expect(await program.ended).toBe(0);
  const lines = program.output().split('\n');
  expect(lines).toContain('Summary');
  expect(lines.filter((line) => line.startsWith('  ✓ '))).toHaveLength(26);
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  expect(program.output()).not.toContain('\u001b');
});
