import { join } from 'node:path';
import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { findLayoutProblems } from './check-layout.ts';
import { findProjectProblems } from './check-project.ts';
import { readConfigured } from './configured-project.ts';
import { hubspotProjectFiles } from './hubspot-project.ts';
import { type ProjectFiles, parseFiles, readAssets, stageFolder, writeFolder } from './project-folder.ts';
import { DEFAULT_STAGE, newIdentity, type ProjectIdentity } from './project-identity.ts';
import type { ProjectOptions } from './project-options.ts';

/** An absent option is kept from the project that was written before, or has its default. */
export type WriteProjectOptions = Partial<ProjectOptions> & {
  /** The repository, for the template's logo and pages. */
  readonly root: string;
};

export type WrittenProject = {
  /** What to upload: `hs project upload` runs in it. */
  readonly projectDir: string;
  /** The identity under which HubSpot knows the app from the first upload on. */
  readonly identity: ProjectIdentity;
  /** One line for each changed file; empty if the project is unchanged. */
  readonly changes: readonly string[];
};

/** HubSpot would refuse the project, or its upload would do harm. Nothing was written. */
export class ProjectRefusedError extends Error {
  override readonly name = 'ProjectRefusedError';
  /** One sentence for each thing to correct. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Becomes a part of the project's name and of a path. */
const STAGE = /^[a-z][a-z0-9-]{0,30}$/;

/**
 * Writes the HubSpot project of a stage, ready for the upload. Checks it first, keeps the name and uid of an earlier upload, and
 * changes no file if nothing changed. Files in the folder that do not belong to the project are deleted.
 * @param targetDir default: `.hubspot-project/<stage>` in the repository
 * @throws {ProjectRefusedError} with everything that must be corrected
 */
export async function writeProject(
  { root, ...given }: WriteProjectOptions,
  targetDir = join(root, stageFolder(given.stage ?? DEFAULT_STAGE)),
): Promise<WrittenProject> {
  const { stage = DEFAULT_STAGE } = given;
  if (!STAGE.test(stage)) throw new ProjectRefusedError(['the stage must be lower-case letters, digits and hyphens']);
  const earlier = readConfigured(targetDir);
  const { publicBaseUrl, auth = 'static', identity, ...others } = { ...earlier, ...given };
  if (publicBaseUrl === undefined) throw new ProjectRefusedError(['the address of the service is missing']);
  const kept = identity?.auth === auth ? identity : newIdentity(auth, stage);
  const files = new Map([
    ...render({ ...others, publicBaseUrl: normalizeBaseUrl(publicBaseUrl), auth, identity: kept }),
    ...readAssets(root),
  ]);
  const problems = findProjectProblems(parseFiles(files), earlier.identity && { uploaded: earlier.identity });
  refuse(problems.length > 0 ? problems : await findProblemsOnDisk(files));
  return { projectDir: targetDir, identity: kept, changes: writeFolder(targetDir, files) };
}

function render(options: ProjectOptions): ProjectFiles {
  try {
    return hubspotProjectFiles(options);
  } catch (error) {
    if (error instanceof TypeError) throw new ProjectRefusedError([error.message]);
    throw error;
  }
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new ProjectRefusedError(problems);
}

/** HubSpot's library reads folders. A refused project must not replace the good one. */
async function findProblemsOnDisk(files: ProjectFiles): Promise<readonly string[]> {
  return inTemporaryFolder('hubspot-project-', (folder) => {
    writeFolder(folder, files);
    return findLayoutProblems(folder);
  });
}
