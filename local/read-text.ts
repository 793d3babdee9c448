import { readFileSync } from 'node:fs';

const [UTF_8, UTF_16] = [new TextDecoder(), new TextDecoder('utf-16le')];

/**
 * The text of a file that a person made, without the mark of order that Windows' editors begin it with. Its older shell writes
 * UTF-16.
 * @param shown its name as they know it
 * @throws naming the file: Node's own error does not, where a folder has the name
 */
export function readText(path: string, shown: string): string {
  try {
    const bytes = readFileSync(path);
    return (bytes[0] === 0xff && bytes[1] === 0xfe ? UTF_16 : UTF_8).decode(bytes);
  } catch (cause) {
    const { code } = Object(cause) as { code?: string };
    throw new Error(code === 'ENOENT' ? `${shown} does not exist` : `${shown} cannot be read (${code})`, { cause });
  }
}
