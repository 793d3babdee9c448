import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Measured, SceneName } from './against.ts';

/** Plays one scene with the code in a folder, and prints what it cost. */
const [root = '', name = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'set-owner-cpu-'));
process.env.CPU_PROBE_FOLDER = folder;
process.env.NODE_OPTIONS = `--import=${new URL('cpu-probe.ts', import.meta.url).href}`;

const find = async (file: string) => import(pathToFileURL(join(root, 'bench/flood', file)).href);
const { FLOOD } = await find('flood.ts');
const { measureDrain } = await find('ours/drain.ts');
const { measureEndToEnd } = await find('ours/end-to-end.ts');
const portal = (portalId: number, share = 1) => ({
  portalId,
  token: `pat-test-flood-${portalId}`,
  records: FLOOD.records / share,
  owners: FLOOD.activeOwners / Math.min(share, 10),
});
const scenes: Record<SceneName, () => Promise<Scene>> = {
  many: () =>
    measureDrain(
      Array.from({ length: 20 }, (_, index) => portal(5_100_001 + index, 20)),
      { quick: true },
    ),
  sent: () => measureEndToEnd(portal(5_000_001), FLOOD.enrolledPerSecond),
};
type Scene = {
  readonly ms: number;
  readonly used: Pick<Measured, 'reads' | 'writes'>;
  readonly settled: { readonly report: { readonly lost: number; readonly latencyMs?: { readonly p95: number } } };
};

const play = scenes[name as SceneName];
const { ms, used, settled } = await play();
const cpuMs = readdirSync(folder).reduce((sum, file) => sum + Number(readFileSync(join(folder, file), 'utf8')), 0);
rmSync(folder, { recursive: true });
const { lost, latencyMs } = settled.report;
const { reads, writes } = used;
const measured: Measured = { ms, cpuMs, reads, writes, lost, p95Ms: latencyMs?.p95 ?? Number.NaN };
process.stdout.write(`\n${JSON.stringify(measured)}\n`, () => process.exit());
