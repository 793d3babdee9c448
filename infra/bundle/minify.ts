import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { minify } from '@swc/core';
import type { Plugin } from 'esbuild';

/** Most classes are written as `Owner=class{` here. SWC sees a variable, whose name it would shorten. */
const CLASS = /([\w$]+) ?= ?class\b|\bclass ([\w$]+)/g;

/**
 * Shortens the names of variables in a bundle. Functions and classes keep their names, because stack frames and error names
 * appear in the logs. esbuild's own minifier shortens all names or none, and with `minifySyntax` it drops the names of functions
 * that are returned.
 */
export function minifyBundle(): Plugin {
  return {
    name: 'minify-bundle',
    setup({ initialOptions, onEnd }) {
      const { write = true } = initialOptions;
      initialOptions.write = false;
      onEnd(async ({ outputFiles = [] }) => {
        for (const file of outputFiles) {
          file.contents = Buffer.from(await shorten(file.text));
          if (!write) continue;
          await mkdir(dirname(file.path), { recursive: true });
          await writeFile(file.path, file.contents);
        }
      });
    },
  };
}

async function shorten(bundle: string): Promise<string> {
  const classes = [...bundle.matchAll(CLASS)].map(([, variable, name]) => variable ?? name ?? '');
  const { code } = await minify(bundle, {
    module: false,
    compress: { defaults: false, join_vars: true },
    mangle: { toplevel: true, keep_fnames: true, reserved: classes },
    // One character beyond Latin-1 makes V8 store the whole bundle with two bytes a character.
    format: { asciiOnly: true, comments: 'some' },
  });
  return code;
}
