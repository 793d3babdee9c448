import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { bundlePlugins } from './plugins.ts';

/** The bundle settings for a bundler other than serverless-esbuild, which knows five more keys. */
export function readBundleSettings(projectDir: string): BuildOptions {
  const text = readFileSync(join(projectDir, 'esbuild.config.json'), 'utf8');
  const { outputFileExtension, outputWorkFolder, exclude, plugins: file, watch, ...settings } = JSON.parse(text);
  if (outputFileExtension !== '.cjs' || exclude.length > 0 || file !== './infra/bundle/plugins.ts') {
    throw new Error('esbuild.config.json has a value that only serverless-esbuild understands');
  }
  return { ...settings, plugins: bundlePlugins, absWorkingDir: projectDir };
}
