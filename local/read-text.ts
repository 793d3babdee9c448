import { readFileSync } from 'node:fs';

/**
 * The text of a file that a person made.
 * @param shown its name as they know it
 * @throws naming the file: Node's own error does not, where a folder has the name
 */
export function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = Object(cause) as { code?: string };
    throw new Error(code === 'ENOENT' ? `${shown} does not exist` : `${shown} cannot be read (${code})`, { cause });
  }
}
