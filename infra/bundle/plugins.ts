import { bundleTogether } from './bundle-together.ts';
import { keepOut } from './keep-out.ts';
import { minifyBundle } from './minify.ts';

/** What is done to each bundle, whoever builds it. */
export const bundlePlugins = [keepOut(), minifyBundle()];

/** Named in esbuild.config.json. */
export default [bundleTogether(bundlePlugins)];
