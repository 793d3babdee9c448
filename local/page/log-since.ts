import { createReadStream, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';

/** Remembers where a log ends, to read what is written after this. */
export function markLog(file: string): () => Promise<readonly string[]> {
  const start = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return async () => {
    const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (size <= start) return [];
    const lines = (await text(createReadStream(file, { start, end: size - 1 }))).split('\n');
    return lines.filter((line) => line.startsWith('{'));
  };
}
