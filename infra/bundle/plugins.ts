import { keepOut } from './keep-out.ts';
import { minifyBundle } from './minify.ts';

/** Named in esbuild.config.json. */
export default [keepOut(), minifyBundle()];
