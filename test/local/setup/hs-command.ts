import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import type { HsState } from './fake-hs.ts';

export type HsCommand = {
  /** Puts a program named `hs` on the PATH, as npm installs HubSpot's. */
  readonly environment: Readonly<Record<string, string>>;
  state(): HsState;
  change(change: Partial<HsState>): void;
};

export function installHs(home: string, account: string): HsCommand {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const script = join(PROJECT_DIR, 'test/local/setup/hs-process.ts');
  const file = join(folder, 'hs');
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(file, 0o755);
  const stateFile = join(home, 'hs.json');
  const write = (state: HsState) => writeFileSync(stateFile, JSON.stringify(state));
  const state = () => JSON.parse(readFileSync(stateFile, 'utf8')) as HsState;
  write({ version: '8.15.0', accounts: [account], uploads: [], commands: [] });
  return {
    environment: { PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`, FAKE_HS_STATE: stateFile },
    state,
    change: (change) => write({ ...state(), ...change }),
  };
}
