import { COMMAND_PAGES, readCommands } from '../docs/guide-commands.ts';
import { findUnprinted } from './find-unprinted.ts';

const PRINTED =
  '{\n  "status": "set",\n  "records": 620,\n  "handoverId": "2d1f",\n  "parts": [{ "label": "Record owner" }]\n}';

it.each([
  ['{ "status": "set", … }', []],
  ['{ "parts": [{ "label": "Record owner", … }], "handoverId": "d342a43c-…" }', []],
  ['{ "status": "removed" }', ['status: "removed"']],
  ['{ "records": 0 }', ['records: 0']],
  ['{ "digest": "a51a" }', ['digest: "a51a"']],
])('Of the shown output %s, what is not printed is found: %j', (shown, unprinted) => {
  expect(findUnprinted(shown, PRINTED)).toEqual(unprinted);
});

it('A shown line that is not printed is found', () => {
  expect(findUnprinted('done\n\n  twice\n', 'ready\n done\n')).toEqual(['twice']);
});

it('Many commands of the guides show what they print', () => {
  const shown = COMMAND_PAGES.flatMap(readCommands).filter(({ prints }) => prints !== '');
  expect(shown.length).toBeGreaterThan(10);
});
