import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Bundle, Bundles } from './bundles.ts';
import { inKb, type Report } from './report.ts';

const MAX_GZIP_BYTES = 115_000;
const LARGEST_PACKAGES = 8;
const OURS = 'this project';

export function reportBundleSize(report: Report, { set, find, health, bare, bareWithAliases }: Bundles): void {
  report.heading('Bundle sizes (1 kB = 1000 bytes)');
  const sizes = [set, find, health, bare, bareWithAliases].map((bundle) => ({ bundle, ...sizeOf(bundle) }));
  report.table(
    ['bundle', 'bytes', 'gzip'],
    sizes.map(({ bundle, bytes, gzipBytes }) => [bundle.name, inKb(bytes), inKb(gzipBytes)]),
  );
  report.line();
  report.table(
    [`largest packages in ${set.name}`, 'bytes, before names are shortened'],
    bytesByPackage(set)
      .slice(0, LARGEST_PACKAGES)
      .map(([name, bytes]) => [name, inKb(bytes)]),
  );
  report.line();
  for (const { bundle, gzipBytes } of sizes.slice(0, 3)) {
    const what = `bundle of ${bundle.name}, gzip`;
    report.budget({ what, limit: MAX_GZIP_BYTES, measured: gzipBytes, format: inKb });
  }
}

function sizeOf({ file }: Bundle): { bytes: number; gzipBytes: number } {
  const content = readFileSync(file);
  return { bytes: content.byteLength, gzipBytes: gzipSync(content).byteLength };
}

function bytesByPackage({ bytesByInput }: Bundle): [string, number][] {
  const totals = new Map<string, number>();
  for (const [path, bytes] of bytesByInput) {
    const name = packageOf(path);
    totals.set(name, (totals.get(name) ?? 0) + bytes);
  }
  return [...totals].sort(([, left], [, right]) => right - left);
}

function packageOf(path: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? OURS;
}
