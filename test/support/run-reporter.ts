import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AggregatedResult, Config, TestContext } from '@jest/reporters';
import { REQUIRED_ROWS, rowsIn } from './failure-mode-rows.ts';
import { PROJECTS } from './projects.ts';

/**
 * Prints after a run what the run does not show: which failure-mode rows have no proof, what was not run, and how
 * many log lines were searched for personal data. A whole run fails when a row lacks its proof.
 */
export default class RunReporter {
  private readonly globalConfig: Config.GlobalConfig;
  private failure: Error | undefined;

  constructor(globalConfig: Config.GlobalConfig) {
    this.globalConfig = globalConfig;
  }

  onRunComplete(contexts: ReadonlySet<TestContext>, results: AggregatedResult): void {
    const projects = [...contexts].map(({ config }) => config.displayName?.name ?? '');
    const isWholeRun = !isNarrowed(this.globalConfig) && projects.length === PROJECTS.length;
    const passed = results.testResults.flatMap((file) => file.testResults.filter(({ status }) => status === 'passed'));
    const proved = new Set(passed.flatMap((test) => rowsIn(test.fullName)));
    const missing = REQUIRED_ROWS.filter((row) => !proved.has(row));

    const lines = [
      '',
      `Failure-mode rows with a passing proof: ${REQUIRED_ROWS.length - missing.length} of ${REQUIRED_ROWS.length}`,
      // Of a part of the tests, the others are no news.
      ...(isWholeRun ? [`Rows without a proof: ${missing.length === 0 ? 'none' : missing.join(' ')}`] : []),
      `Log lines searched for personal data: ${countLogLines()}`,
      ...readScratch('figures'),
      ...notRun(projects, isWholeRun, results),
      '',
    ];
    process.stderr.write(`${lines.join('\n')}\n`);
    if (isWholeRun && missing.length > 0) this.failure = new Error(`no proof for ${missing.join(' ')}`);
    if (isWholeRun && countLogLines() === 0) this.failure = new Error('no log line was captured: the log guard is off');
  }

  getLastError(): Error | undefined {
    return this.failure;
  }
}

/** Whether somebody asked for some of the tests of the projects that run. */
function isNarrowed(config: Config.GlobalConfig): boolean {
  const { nonFlagArgs, testNamePattern, testPathPatterns, shard, onlyChanged, onlyFailures, findRelatedTests } = config;
  return (
    [testNamePattern, shard, onlyChanged, onlyFailures, findRelatedTests].some(Boolean) ||
    nonFlagArgs.length + testPathPatterns.patterns.length > 0
  );
}

function countLogLines(): number {
  return readScratch('log-lines').reduce((sum, line) => sum + Number(line), 0);
}

/** What the test files left for us, line by line. */
function readScratch(name: string): string[] {
  const file = join(process.env.TEST_SCRATCH_DIR ?? '', name);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function notRun(projects: readonly string[], isWholeRun: boolean, results: AggregatedResult): string[] {
  const skipped = results.testResults.flatMap((file) =>
    file.testResults.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName),
  );
  const absent = process.env.TEST_DYNAMODB_LOCAL_ABSENT;
  const others = PROJECTS.map(({ name }) => name).filter((name) => !projects.includes(name));
  return [
    ...(isWholeRun
      ? []
      : [
          `NOT RUN: all but ${results.numTotalTests} tests${others.length > 0 ? `, and nothing of ${others.join(', ')}` : ''}.`,
        ]),
    ...(absent === undefined ? [] : [`NOT RUN: the store suites on DynamoDB Local. ${absent}.`]),
    ...skipped.map((title) => `NOT RUN: ${title}`),
  ];
}
