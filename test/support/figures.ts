import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something a test measured and a reader should see: the reporter prints it when the run is over. */
export function tellFigures(what: string, figures: Readonly<Record<string, number>>): void {
  const scratch = process.env.TEST_SCRATCH_DIR;
  if (scratch === undefined) return;
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  appendFileSync(join(scratch, 'figures'), `${what}: ${shown.join(', ')}\n`);
}
