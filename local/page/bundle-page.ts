import { join } from 'node:path';
import { build } from 'esbuild';

const FOLDER = import.meta.dirname;

/** The page for a plain browser. HubSpot's component library is replaced by the stand-in, and nothing is written to disk. */
export async function bundlePage(): Promise<{ readonly script: string; readonly style: string }> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, 'browser/main.tsx'), join(FOLDER, 'browser/page.css')],
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    alias: { '@hubspot/ui-extensions': join(FOLDER, 'browser/stand-in/ui-extensions.ts') },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
}
