const LINE = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/;
/** Between quotes, with nothing but a comment after them. */
const QUOTED = /^(["'`])(.*?)\1\s*(?:#.*)?$/;

/** The name in a line; undefined for a comment or a line that is not a setting. */
export function nameInLine(line: string): string | undefined {
  return LINE.exec(line.trim())?.[1];
}

/**
 * The values of a file of `NAME=value` lines. Stricter than Node's `parseEnv`, which skips a line that it does not understand,
 * uses the second of two lines, and cuts a value at the first `#`.
 * @param shown the file's name as the person knows it
 * @throws naming each line that is wrong, never its value, which may be a secret
 */
export function readEnvFile(text: string, shown: string): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, given = ''] = LINE.exec(line) ?? [];
    const value = readValue(given);
    const at = `${shown}, line ${index + 1}: `;
    if (name === undefined) problems.push(`${at}must be NAME=value, or begin with # for a comment`);
    else if (values.has(name)) problems.push(`${at}${name} is given twice; keep one of the lines`);
    else if (value === undefined)
      problems.push(`${at}put the whole value of ${name} between double quotes, on one line`);
    values.set(name ?? '', value ?? '');
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return Object.fromEntries(values);
}

/** Undefined if a person and a program may read the end of the value differently. */
function readValue(given: string): string | undefined {
  if (/^["'`]/.test(given)) return QUOTED.exec(given)?.[2];
  const value = given.replace(/(^|\s+)#.*$/, '');
  return value.includes('#') ? undefined : value;
}
