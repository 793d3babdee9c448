import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)(
  '@jest/test-sequencer',
) as typeof import('@jest/test-sequencer');
type Test = Parameters<InstanceType<typeof Sequencer>['sort']>[0][number];

/** What a file says whose tests take long: it names their time itself. */
const PATIENCE = /jest\.setTimeout\(|_MS,?\s*\);/;

/**
 * What takes longest begins first, so that no worker is left with it at the end. Jest knows how long a file took when it ran
 * here before. On the first run a file counts as slow when it names it, and those in a browser as the slowest: they wait
 * for pages, which the other workers' time goes into.
 */
export default class LongestFirst extends Sequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    const sorted = await super.sort(tests);
    const isSlow = ({ duration, path }: Test) => duration === undefined && PATIENCE.test(readFileSync(path, 'utf8'));
    const slow = new Set(sorted.filter(isSlow));
    const inBrowser = [...slow].filter(({ context }) => context.config.displayName?.name === 'browser');
    return [...new Set([...inBrowser, ...slow, ...sorted])];
  }
}
