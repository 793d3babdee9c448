import { parseCommand, usage } from '../../../local/command/command-line.ts';
import { widthOf } from '../../../local/wrap.ts';

const COMMAND = {
  script: 'try',
  does: 'Tries something out, and says so in a sentence that is longer than a line of eighty columns can hold.',
  flags: {
    port: {
      type: 'string',
      value: '3000',
      means: 'the port of the stack, in words that are so many that they need two lines',
    },
    loud: { type: 'boolean', means: 'print more' },
  },
  takes: { name: 'FILE', means: 'what to try' },
  examples: ['npm run try -- file.json'],
} as const;
const parse = (...args: readonly string[]) => parseCommand(COMMAND, args);

it('A command reads its flags and words, and leaves out what was not given', () => {
  expect(parse('a.json', '--port', '3000')).toEqual({ kind: 'run', flags: { port: '3000' }, words: ['a.json'] });
  expect(parse('--loud', '--port=1')).toEqual({ kind: 'run', flags: { loud: true, port: '1' }, words: [] });
  expect(parse('--port', '')).toMatchObject({ flags: { port: '' } });
  expect(parse('--no-loud')).toMatchObject({ flags: { loud: false } });
});

it('A command takes everything after -- for words', () => {
  expect(parse('--', '--loud')).toEqual({ kind: 'run', flags: {}, words: ['--loud'] });
});

it.each([
  [['--prot', '3'], 'Unknown option --prot. Did you mean --port?'],
  [['--hlep'], 'Unknown option --hlep. Did you mean --help?'],
  [['--no-port'], 'Unknown option --no-port.'],
  [['--no-luod'], 'Unknown option --no-luod. Did you mean --no-loud?'],
  [['--elsewhere=1'], 'Unknown option --elsewhere.'],
  [['-p', '3'], 'Unknown option -p.'],
  [['--port'], "Option '--port <value>' argument missing."],
  [['--loud=yes'], "Option '--loud' does not take an argument."],
  [
    ['a.json', 'jane@example.com'],
    'Unexpected argument "jane@example.com". Options go after --, as in: npm run try -- --help',
  ],
])('A command says what is wrong with %j, and how it is used', (args, problem) => {
  const parsed = parse(...args);
  expect(parsed).toEqual({ kind: 'misused', text: `${problem}\n\n${usage(COMMAND)}` });
});

it('A command prints its help, whatever else was given', () => {
  expect(parse('--help', '--loud')).toEqual({ kind: 'help', text: usage(COMMAND) });
});

it('The help of a command fits into 80 columns', () => {
  const lines = usage(COMMAND).split('\n');
  expect(lines).toContain('Usage: npm run try -- FILE [options]');
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
});
