import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readCommand } from '../local/command/command-line.ts';
import { reportAgainst } from './against/against.ts';
import { reportBundleSize } from './bundle-size.ts';
import { buildBundles } from './bundles.ts';
import { reportExecutionCost } from './execution-cost.ts';
import { reportFlood } from './flood/report-flood.ts';
import { reportHandover } from './handover.ts';
import { reportImportTime } from './import-time.ts';
import { reportLatency } from './latency.ts';
import { reportRefresh } from './refresh.ts';
import { createReport } from './report.ts';
import { TABLE_NAME } from './settings.ts';
import { reportUnsignedFlood } from './unsigned-flood.ts';
import { startServerThread } from './workers.ts';

const SECTIONS = ['executions', 'refresh', 'handover', 'unsigned', 'bundles', 'flood', 'against'] as const;
const { words: chosen } = readCommand({
  script: 'bench',
  does: 'Measures the project against its budgets.',
  flags: {},
  takes: { name: 'SECTION…', means: `some of ${SECTIONS.join(', ')}; default: all`, several: true },
  examples: ['npm run bench -- flood refresh'],
});

/**
 * Measures this project against its budgets. A budget that is not met is for the reader to assess, because a busy machine
 * misses some of them; the exit code says only whether everything could be measured.
 */
const report = createReport();
const unknown = chosen.filter((name) => !SECTIONS.some((section) => section === name));
if (unknown.length > 0) {
  report.line(`There is no ${unknown.join(', ')} to measure, but ${SECTIONS.join(', ')}.`);
  process.exit(2);
}
const notMeasured: string[] = [];
const startedAt = performance.now();

const cpus = availableParallelism();
const load = loadavg().map((average) => average.toFixed(2));
report.line(`Node ${process.version}, ${process.platform} ${process.arch}, ${cpus} CPUs, ${new Date().toISOString()}`);
report.line(`Load average before the start: ${load.join(' ')}. Times are worth something only on a machine at rest.`);

if (isChosen('executions')) {
  await withDynamoDb(async (url) => {
    await attempt('executions', () => reportExecutionCost(report, url));
    await attempt('latency', () => reportLatency(report, url));
  });
}
// An engine of its own: the refresh fills it with more than the executions should have to search.
if (isChosen('refresh')) await withDynamoDb((url) => attempt('refresh', () => reportRefresh(report, url)));
if (isChosen('handover')) await withDynamoDb((url) => attempt('handover', () => reportHandover(report, url)));
if (isChosen('unsigned')) await attempt('unsigned requests', () => reportUnsignedFlood(report));
if (isChosen('bundles')) {
  await withTempDir(async (tempDir) => {
    await attempt('bundles', async () => {
      const bundles = await buildBundles(resolve(import.meta.dirname, '..'), tempDir);
      reportBundleSize(report, bundles);
      await attempt('import time', () => reportImportTime(report, bundles, tempDir));
    });
  });
}
if (isChosen('flood')) await attempt('flood', () => reportFlood(report));
if (isChosen('flood') || isChosen('against')) await attempt('against an earlier commit', () => reportAgainst(report));

report.heading('Summary');
report.line(`Took ${Math.round((performance.now() - startedAt) / 1000)} s.`);
if (chosen.length > 0) report.line(`Part of the bench only: ${chosen.join(', ')}.`);
if (notMeasured.length > 0) report.line(`Could not be measured: ${notMeasured.join(', ')}`);
report.line(`Budgets not met: ${report.notMet().join('; ') || 'none'}`);
// What could not be measured may have left a server behind, which would keep the process.
process.exit(notMeasured.length > 0 ? 1 : 0);

function isChosen(section: (typeof SECTIONS)[number]): boolean {
  return chosen.length === 0 || chosen.includes(section);
}

async function attempt(what: string, measure: () => Promise<void>): Promise<void> {
  try {
    await measure();
  } catch (error) {
    notMeasured.push(what);
    report.line(`\nNOT MEASURED  ${what}: ${error instanceof Error ? error.stack : error}`);
  }
}

async function withDynamoDb(use: (url: string) => Promise<void>): Promise<void> {
  await attempt('everything that needs DynamoDB', async () => {
    const dynamoDb = await startServerThread('./dynamodb-thread.ts', { tableName: TABLE_NAME });
    try {
      await use(dynamoDb.url);
    } finally {
      await dynamoDb.stop();
    }
  });
}

/** Also removed when somebody loses patience. */
async function withTempDir(use: (tempDir: string) => Promise<void>): Promise<void> {
  const tempDir = mkdtempSync(join(tmpdir(), 'set-owner-bench-'));
  const remove = () => rmSync(tempDir, { recursive: true, force: true });
  const interrupted = () => process.exit(130);
  process.once('exit', remove).once('SIGINT', interrupted).once('SIGTERM', interrupted);
  await use(tempDir);
  remove();
}
