import { build } from 'esbuild';
import { keepOut } from '../../infra/bundle/keep-out.ts';
import { readBundleSettings } from '../../infra/bundle/settings.ts';
import { print } from '../output.ts';
import { bundledPackages, licenseTexts } from './licenses.ts';

/** Prints the licenses of what the functions' bundles contain. */
const projectDir = process.cwd();
const { metafile } = await build({
  ...readBundleSettings(projectDir),
  plugins: [keepOut()],
  entryPoints: ['functions/*.ts'],
  outdir: projectDir,
  write: false,
  metafile: true,
});
print(licenseTexts(projectDir, bundledPackages(metafile ?? { inputs: {}, outputs: {} })));
