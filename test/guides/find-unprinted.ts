/** Differs from run to run. */
const VOLATILE = ['digest', 'handoverId', 'lastConfirmed', 'minutes', 'calls'];
const FIELD = /"(\w+)": ?("[^"]*"|\d+|true|false|null)/g;

/**
 * What a guide shows as the output of a command, shortened with `…`, and the command does not print: fields of JSON, or lines.
 */
export function findUnprinted(shown: string, output: string): readonly string[] {
  if (!shown.includes('{')) {
    const printed = output.split('\n').map((line) => line.trim());
    const lines = shown.split('\n').map((line) => line.trim());
    return lines.filter((line) => line !== '' && !printed.includes(line));
  }
  const printed = fieldsOf(output);
  return fieldsOf(shown)
    .filter(
      (field) => !printed.some(({ name, value }) => name === field.name && (isOpen(field) || value === field.value)),
    )
    .map(({ name, value }) => `${name}: ${value}`);
}

type Field = { readonly name: string; readonly value: string };

function isOpen({ name, value }: Field): boolean {
  return VOLATILE.includes(name) || value.includes('…');
}

function fieldsOf(text: string): readonly Field[] {
  return [...text.matchAll(FIELD)].map(([, name = '', value = '']) => ({ name, value }));
}
