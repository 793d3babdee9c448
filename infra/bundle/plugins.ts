import { minifyBundle } from './minify.ts';

/** Named in esbuild.config.json. */
export default [minifyBundle()];
