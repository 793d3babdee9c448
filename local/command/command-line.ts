import { inspect, parseArgs } from 'node:util';
import { describeFileFault } from '../describe-fault.ts';
import { endWithReader, print, printError } from '../output.ts';
import { wrap } from '../wrap.ts';
import { nearest } from './nearest.ts';

export type Flag = {
  readonly type: 'string' | 'boolean';
  readonly means: string;
  /** The placeholder in the usage for the value of a string flag. */
  readonly value?: string;
  /** It may be given several times. */
  readonly several?: true;
};
type Flags = Readonly<Record<string, Flag>>;

/** An npm script of this project, as its `--help` describes it. */
export type Command<Of extends Flags> = {
  /** The npm script: `doctor`. */
  readonly script: string;
  readonly does: string;
  readonly flags: Of;
  /** Arguments without a flag, such as a file. */
  readonly takes?: { readonly name: string; readonly means: string; readonly several?: true };
  readonly examples?: readonly string[];
};

type FlagValues<Of extends Flags> = {
  readonly [Name in keyof Of]:
    | (Of[Name] extends { readonly several: true }
        ? readonly string[]
        : Of[Name]['type'] extends 'boolean'
          ? boolean
          : string)
    | undefined;
};
export type Given<Of extends Flags> = { readonly flags: FlagValues<Of>; readonly words: readonly string[] };
export type Parsed<Of extends Flags> =
  | ({ readonly kind: 'run' } & Given<Of>)
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'misused'; readonly text: string };

/** So that a script can distinguish a misspelled flag from a negative result. */
const MISUSED = 2;
const HELP: Flags = { help: { type: 'boolean', means: 'print this text' } };

/** Reads what follows the script's name. An unknown flag is an error that names the nearest known one. */
export function parseCommand<const Of extends Flags>(command: Command<Of>, args: readonly string[]): Parsed<Of> {
  const flags: Flags = { ...command.flags, ...HELP };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, several = false }]) => [name, { type, multiple: several }]),
  );
  const lenient = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const unknown = lenient.tokens.find((token) => token.kind === 'option' && !isKnown(flags, token.name));
  const misused = (problem: string) => ({ kind: 'misused', text: `${problem}\n\n${usage(command)}` }) as const;
  if (unknown?.kind === 'option') {
    const meant = nearest(unknown.name, [...Object.keys(flags), ...negations(flags)]);
    const hint = meant === undefined ? '' : ` Did you mean --${meant}?`;
    return misused(`Unknown option ${unknown.rawName}.${hint}`);
  }
  if (lenient.values.help === true) return { kind: 'help', text: usage(command) };
  const words = lenient.positionals;
  if (words.length > most(command)) return misused(tooMuch(command, words));
  try {
    const { values } = parseArgs({
      args: [...args],
      options,
      strict: true,
      allowPositionals: true,
      allowNegative: true,
    });
    return { kind: 'run', flags: values as FlagValues<Of>, words };
  } catch (error) {
    const { code, message } = Object(error) as { code?: string; message?: string };
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    return misused(`${message?.replaceAll('\n', ' ').replace(/\.$/, '')}.`);
  }
}

/** For the top of a script: returns the flags, or prints the help or the problem and ends the process. */
export function readCommand<const Of extends Flags>(command: Command<Of>): Given<Of> {
  endWithReader();
  endAtFileFault();
  const parsed = parseCommand(command, process.argv.slice(2));
  if (parsed.kind === 'run') return parsed;
  if (parsed.kind === 'help') print(parsed.text);
  else printError(parsed.text);
  process.exit(parsed.kind === 'help' ? 0 : MISUSED);
}

/** A folder that cannot be written is not a bug, wherever it happens. Every other error is, and keeps its stack trace. */
function endAtFileFault(): void {
  process.on('uncaughtException', (error) => {
    printError(describeFileFault(error) ?? inspect(error));
    process.exit(1);
  });
}

export function usage({ script, does, flags, takes, examples = [] }: Command<Flags>): string {
  const rows = [
    ...(takes === undefined ? [] : [[takes.name, takes.means] as const]),
    ...Object.entries({ ...flags, ...HELP }).map(([flag, { value, means }]) => {
      return [`--${flag}${value === undefined ? '' : ` ${value}`}`, means] as const;
    }),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const left = `  ${' '.repeat(width)}  `;
  return [
    wrap(does, { first: '', rest: '' }),
    '',
    `Usage: ${nameOf(script)} -- ${takes === undefined ? '' : `${takes.name} `}[options]`,
    '',
    ...rows.map(([name, means]) => wrap(means, { first: `  ${name.padEnd(width)}  `, rest: left })),
    ...(examples.length > 0 ? ['', 'Examples:', ...examples.map((example) => `  ${example}`)] : []),
  ].join('\n');
}

/** `--no-agents` turns `agents` off. */
function isKnown(flags: Flags, name: string): boolean {
  return flags[name] !== undefined || negations(flags).includes(name);
}

function negations(flags: Flags): readonly string[] {
  return Object.entries(flags).flatMap(([name, { type }]) => (type === 'boolean' ? [`no-${name}`] : []));
}

function most({ takes }: Command<Flags>): number {
  if (takes === undefined) return 0;
  return takes.several === true ? Number.POSITIVE_INFINITY : 1;
}

/** npm takes the flags before `--` for itself, and passes on only their values. */
function tooMuch(command: Command<Flags>, words: readonly string[]): string {
  const word = words[most(command)] ?? '';
  return `Unexpected argument "${word}". Options go after --, as in: ${nameOf(command.script)} -- --help`;
}

function nameOf(script: string): string {
  return script === 'start' ? 'npm start' : `npm run ${script}`;
}
