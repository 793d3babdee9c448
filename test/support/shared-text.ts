import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inTurn } from './take-turns.ts';

/** What the first test file of a run made of these inputs. The others of the run, in whatever worker, wait for it. */
export function sharedText(inputs: string, make: () => Promise<string>): Promise<string> {
  const name = createHash('sha256').update(inputs).digest('hex');
  const file = join(process.env.TEST_SCRATCH_DIR ?? '', 'shared', name);
  return inTurn(name, async () => {
    if (existsSync(file)) return readFileSync(file, 'utf8');
    const text = await make();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return text;
  });
}
