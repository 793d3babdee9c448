import { cp } from 'node:fs/promises';
import { NOT_FOUND, type RunProgram } from '../run-program.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';

/** The first version with all commands that are used here. */
const OLDEST = [8, 15] as const;
const INSTALL = 'npm install --global @hubspot/cli, then hs account auth';

/** @throws when HubSpot's CLI is missing or too old */
export async function checkCli(run: RunProgram, cwd: string): Promise<void> {
  const { exitCode, output } = await run({ command: 'hs', args: ['--version'], cwd, output: 'keep' });
  if (exitCode === NOT_FOUND) throw new Error(`HubSpot's CLI is not installed: ${INSTALL}`);
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)\.\d+/.exec(output) ?? [];
  const isNew = Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
  if (exitCode !== 0 || !isNew) {
    throw new Error(`HubSpot's CLI must be ${OLDEST.join('.')} or newer; this is ${output || 'unknown'}: ${INSTALL}`);
  }
}

/**
 * Validates and uploads a HubSpot project. From a copy outside the repository: the CLI leaves out files that git ignores, and
 * UI files in a git worktree (CLI 8.4, read 2026-11-26).
 * @throws when the CLI refuses; it has said why
 */
export async function uploadProject(run: RunProgram, folder: string, accountId: string): Promise<void> {
  await inTemporaryFolder('hubspot-project-', async (copy) => {
    await cp(folder, copy, { recursive: true });
    await callCli(run, copy, ['project', 'validate', `--account=${accountId}`]);
    await callCli(run, copy, ['project', 'upload', `--account=${accountId}`, '--force-create']);
  });
}

async function callCli(run: RunProgram, cwd: string, args: readonly string[]): Promise<void> {
  const { exitCode } = await run({ command: 'hs', args, cwd, output: 'show' });
  if (exitCode !== 0) throw new Error(`hs ${args.join(' ')} failed with exit code ${exitCode}; see its output above`);
}
