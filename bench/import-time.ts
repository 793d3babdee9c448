import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bundle, Bundles } from './bundles.ts';
import { inMs, inTimes, type Report } from './report.ts';
import { median, spread } from './statistics.ts';

const ROUNDS = 20;
const MAX_RATIO = 1.25;
/** A middle half wider than this share of the median makes the ratio a guess. */
const NOISY_SPREAD = 0.25;

const TIME_REQUIRE = `
const startedAt = performance.now();
require(process.argv[2]);
process.stdout.write(String(performance.now() - startedAt));
process.exit(0);
`;

/** How long a fresh process takes to load each bundle: the part of a cold start that the code is to blame for. */
export async function reportImportTime(report: Report, bundles: Bundles, tempDir: string): Promise<void> {
  const { set, find, health, bare, bareWithAliases } = bundles;
  const script = join(tempDir, 'time-require.cjs');
  writeFileSync(script, TIME_REQUIRE);
  const runs = [bare, bareWithAliases, set, find, health].map((bundle) => ({ bundle, times: [] as number[] }));
  // The first round fills the page cache. Taken in turns, so that a slow moment of the machine hits all of them alike.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { bundle, times } of runs) {
      const ms = await timeRequire(script, bundle);
      if (round > 0) times.push(ms);
    }
  }

  report.heading(`Import time: require() of a bundle in a fresh process, ${ROUNDS} samples each, taken in turns`);
  const timesOf = new Map(runs.map(({ bundle, times }) => [bundle, times]));
  const ratio = (bundle: Bundle, to: Bundle, of = median) => of(timesOf.get(bundle) ?? []) / of(timesOf.get(to) ?? []);
  report.table(
    ['bundle', 'min', 'median', 'middle half', `× ${bare.name}`, '× second row'],
    runs.map(({ bundle, times }) => [
      bundle.name,
      inMs(Math.min(...times)),
      inMs(median(times)),
      `${Math.round(spread(times) * 100)} %`,
      inTimes(ratio(bundle, bare)),
      inTimes(ratio(bundle, bareWithAliases)),
    ]),
  );
  report.line(
    'Stand-ins leave out what none of our calls reaches, and variables have short names, in our bundles and in the second row.',
  );
  report.line();
  for (const bundle of [set, find, health]) {
    const noisy = [bundle, bare].filter((each) => spread(timesOf.get(each) ?? []) > NOISY_SPREAD);
    report.budget({
      what: `import of ${bundle.name} against ${bare.name}, minima`,
      limit: MAX_RATIO,
      measured: ratio(bundle, bare, minimum),
      format: inTimes,
    });
    report.budget({
      what: `import of ${bundle.name} against ${bare.name}, medians`,
      limit: MAX_RATIO,
      measured: ratio(bundle, bare),
      format: inTimes,
      ...(noisy.length > 0 && {
        note: `noisy: middle half over ${NOISY_SPREAD * 100} % for ${noisy.map(({ name }) => name).join(', ')}`,
      }),
    });
  }
}

/** What the code itself costs, where nothing else of the machine came in between. */
function minimum(times: readonly number[]): number {
  return Math.min(...times);
}

/** With nothing of this shell's environment, so that no option or compile cache of the developer's changes the result. */
async function timeRequire(script: string, bundle: Bundle): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, bundle.file], {
    env: { AWS_REGION: 'eu-central-1' },
  });
  const ms = Number(stdout);
  if (stdout === '' || Number.isNaN(ms)) throw new Error(`loading ${bundle.name} printed something of its own`);
  return ms;
}
