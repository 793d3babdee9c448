/** The names between double braces, in the order of the alphabet, each once. */
export function placeholdersIn(text: string): readonly string[] {
  const names = [...text.matchAll(/\{\{\s*([^}\s]*)\s*\}\}/g)].map((match) => match[1] ?? '');
  return [...new Set(names)].sort();
}
