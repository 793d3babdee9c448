import { bundleTogether } from './bundle-together.ts';
import { keepOut } from './keep-out.ts';
import { minifyBundle } from './minify.ts';

/** The plugins of every bundle, for each bundler. */
export const bundlePlugins = [keepOut(), minifyBundle()];

/** Named in esbuild.config.json. */
export default [bundleTogether(bundlePlugins)];
