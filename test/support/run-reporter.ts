import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AggregatedResult, Config } from '@jest/reporters';
import { REQUIRED_ROWS, rowsIn } from './failure-mode-rows.ts';

/**
 * Says after a run what the run does not show by itself: which failure-mode rows have no proof, what was not run, and how
 * many log lines were searched for personal data. A whole run fails when a row lacks its proof.
 */
export default class RunReporter {
  private readonly globalConfig: Config.GlobalConfig;
  private failure: Error | undefined;

  constructor(globalConfig: Config.GlobalConfig) {
    this.globalConfig = globalConfig;
  }

  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    const passed = results.testResults.flatMap((file) => file.testResults.filter(({ status }) => status === 'passed'));
    const proved = new Set(passed.flatMap((test) => rowsIn(test.fullName)));
    const missing = REQUIRED_ROWS.filter((row) => !proved.has(row));
    const isWholeRun = this.globalConfig.nonFlagArgs.length === 0 && !this.globalConfig.testNamePattern;

    const lines = [
      '',
      `Failure-mode rows with a passing proof: ${REQUIRED_ROWS.length - missing.length} of ${REQUIRED_ROWS.length}`,
      `Rows without a proof: ${missing.length === 0 ? 'none' : missing.join(' ')}`,
      `Log lines searched for personal data: ${countLogLines()}`,
      ...readScratch('figures'),
      ...notRun(results),
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

function notRun(results: AggregatedResult): string[] {
  const skipped = results.testResults.flatMap((file) =>
    file.testResults.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName),
  );
  const absent = process.env.TEST_DYNAMODB_LOCAL_ABSENT;
  return [
    ...(absent === undefined ? [] : [`NOT RUN: the store suites on DynamoDB Local. ${absent}.`]),
    ...skipped.map((title) => `NOT RUN: ${title}`),
  ];
}
