export type ShellCommand = {
  /** As it is written, on one line. */
  readonly text: string;
  /** The variables that are set for it alone. */
  readonly env: Readonly<Record<string, string>>;
  /** The program and its arguments, without quotes. */
  readonly words: readonly string[];
};

/** What begins or ends a loop, and says nothing itself. */
const KEYWORDS = ['do', 'done', 'then', 'fi'];
const ASSIGNMENT = /^([A-Z_][A-Z0-9_]*)=(.*)$/s;

/**
 * The commands of a shell block, also those within `$(…)`. It knows what guides use: quotes, line continuations, `&&`, `|`, `;`,
 * files that are read or written, and loops.
 * @throws on a quote that does not end
 */
export function parseShell(block: string): readonly ShellCommand[] {
  const text = block.replace(/\\\n\s*/g, ' ');
  const inner = [...text.matchAll(/\$\(([^()]*)\)/g)].flatMap(([, command = '']) => parseShell(command));
  return [...splitCommands(text).flatMap(toCommand), ...inner];
}

function splitCommands(text: string): readonly string[] {
  const commands: string[] = [];
  let quote = '';
  let depth = 0;
  let current = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote === '' && depth === 0 && /[\n;|&]/.test(character)) {
      commands.push(current);
      current = '';
      continue;
    }
    if (quote === '' && /['"]/.test(character)) quote = character;
    else if (character === quote && text[at - 1] !== '\\') quote = '';
    if (text.startsWith('$(', at)) depth += 1;
    if (character === ')' && depth > 0) depth -= 1;
    current += character;
  }
  if (quote !== '') throw new Error(`a quote does not end: ${text}`);
  return [...commands, current].map((command) => command.trim()).filter((command) => command !== '');
}

function toCommand(text: string): readonly ShellCommand[] {
  const words = splitWords(text);
  while (words[0] !== undefined && KEYWORDS.includes(words[0])) words.shift();
  const env: Record<string, string> = {};
  for (let match = ASSIGNMENT.exec(words[0] ?? ''); match !== null; match = ASSIGNMENT.exec(words[0] ?? '')) {
    env[match[1] ?? ''] = match[2] ?? '';
    words.shift();
  }
  // A loop and a comment run nothing.
  if (words.length === 0 || words[0] === 'for' || words[0]?.startsWith('#') === true) return [];
  return [{ text: text.replace(/\s+/g, ' '), env, words: withoutRedirections(words) }];
}

function splitWords(text: string): string[] {
  const word = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g;
  return [...text.matchAll(word)].map(([raw]) =>
    raw.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_all, single, double, escaped) => {
      return single ?? double?.replace(/\\(.)/g, '$1') ?? escaped ?? '';
    }),
  );
}

function withoutRedirections(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => /^(<|>|>>)$/.test(word));
  return at === -1 ? words : words.slice(0, at);
}
