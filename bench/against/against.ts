import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FLOOD } from '../flood/flood.ts';
import { inSeconds, inTimes, type Report } from '../report.ts';

/** The last commit before every batch was read, and before each callback was completed for itself. */
const COMMIT = '4064480';
const MOST = 1.15;
const HERE = resolve(import.meta.dirname, '../..');

export type SceneName = 'many' | 'sent';
export type Measured = {
  readonly ms: number;
  /** User and system time of the containers behind the queue. */
  readonly cpuMs: number;
  readonly reads: number;
  readonly writes: number;
  readonly lost: number;
  /** From enrollment to the end. */
  readonly p95Ms: number;
};

const SCENES: Readonly<Record<SceneName, string>> = {
  many: '20 portals, everything queued first',
  sent: 'one portal, as HubSpot sends it',
};

/** What a record costs now and what it cost, by the same scenes, in turns on the same machine. */
export async function reportAgainst(report: Report): Promise<void> {
  report.heading(`Against ${COMMIT}`);
  const before = mkdtempSync(join(tmpdir(), 'set-owner-before-'));
  try {
    const archive = execFileSync('git', ['archive', COMMIT], { cwd: HERE, maxBuffer: 2 ** 28 });
    execFileSync('tar', ['-x'], { cwd: before, input: archive });
    symlinkSync(join(HERE, 'node_modules'), join(before, 'node_modules'));
    for (const name of Object.keys(SCENES) as SceneName[]) {
      const [old, now] = await inTurns(
        () => measure(before, name),
        () => measure(HERE, name),
      );
      reportScene(report, name, old, now);
    }
  } finally {
    rmSync(before, { recursive: true, force: true });
  }
}

function reportScene(report: Report, name: SceneName, old: Measured, now: Measured): void {
  report.line(`\n${SCENES[name]}:`);
  report.table(
    ['', 'processor, ms a record', 'reads a record', 'writes a record', 'time', 'p95', 'lost'],
    [[COMMIT, old] as const, ['now', now] as const].map(([which, { ms, cpuMs, reads, writes, lost, p95Ms }]) => [
      which,
      ...[cpuMs, reads, writes].map((sum) => (sum / FLOOD.records).toFixed(2)),
      inSeconds(ms),
      inSeconds(p95Ms),
      String(lost),
    ]),
  );
  const budgets = { 'processor time': 'cpuMs', 'DynamoDB reads': 'reads', 'DynamoDB writes': 'writes' } as const;
  for (const [what, which] of Object.entries(budgets)) {
    const measured = now[which] / old[which];
    report.budget({ what: `${SCENES[name]}, ${what}`, limit: MOST, measured, format: inTimes });
  }
}

/** One, the other, the other, the one: what else the machine does meets both. @returns the means of two rounds */
async function inTurns(
  one: () => Promise<Measured>,
  other: () => Promise<Measured>,
): Promise<readonly [Measured, Measured]> {
  const [first, second, third, fourth] = [await one(), await other(), await other(), await one()];
  return [meanOf(first, fourth), meanOf(second, third)];
}

function meanOf(one: Measured, other: Measured): Measured {
  const mean = (what: keyof Measured) => (one[what] + other[what]) / 2;
  return {
    ms: mean('ms'),
    cpuMs: mean('cpuMs'),
    reads: mean('reads'),
    writes: mean('writes'),
    lost: one.lost + other.lost,
    p95Ms: mean('p95Ms'),
  };
}

/** In a process of its own: the scene's code is that of the folder, all of it. */
async function measure(root: string, name: SceneName): Promise<Measured> {
  const [file, engine] = ['scene-process.ts', '../../local/dynamodb-engine.ts'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  // The folder's own engine, too, answers as DynamoDB does; its thread gets the options of its process.
  const options = [`--import=${engine}`, `${file}`, root, name];
  const child = spawn(process.execPath, options, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let [printed, complaints] = ['', ''];
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the scene ${name} ended with ${code}: ${complaints.slice(-2_000)}`);
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}
