import { asJsonObject } from '../../lib/domain/json-object.ts';

const ENTRYPOINT = /^\/app\/settings\/[\w-]+\.(tsx|jsx)$/;

/**
 * The faults of the settings page's file (create a settings page, read 2026-11-27).
 * @param hasFile whether the project has a file at that path in its `src`
 */
export function faultsOfSettings(parsed: unknown, hasFile: (path: string) => boolean): readonly string[] {
  const { entrypoint, ...others } = asJsonObject(asJsonObject(parsed).config);
  const strange = Object.keys(others).map((key) => `config: ${key} is not allowed`);
  if (typeof entrypoint !== 'string' || !ENTRYPOINT.test(entrypoint)) {
    return [...strange, 'entrypoint: a .tsx or .jsx file in /app/settings/'];
  }
  const missing = [entrypoint.slice(1), 'app/settings/package.json'].filter((path) => !hasFile(path));
  return [...strange, ...missing.map((path) => `entrypoint: src/${path} is not in the project`)];
}
