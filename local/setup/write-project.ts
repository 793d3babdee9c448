import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_FEATURES, APP_OBJECTS, type AppPurpose } from '../../lib/domain/scopes.ts';
import type { Settings } from '../deploy/settings.ts';
import { writeProject } from '../hubspot-project/configure.ts';
import { readConfigured } from '../hubspot-project/configured-project.ts';
import { listFiles, stageFolder } from '../hubspot-project/project-folder.ts';
import { authOfProjectName, newIdentity, type ProjectIdentity } from '../hubspot-project/project-identity.ts';

/** The folder from which HubSpot's CLI takes the project of a stage. */
export function projectFolder(projectDir: string, stage: string): string {
  return join(projectDir, stageFolder(stage));
}

/**
 * Called before the first step, because a deployment may come before the project and could not be completed.
 * @throws for a stage whose name is not valid in a project name
 */
export function checkProjectStage(root: string, stage: string, settings: Settings): void {
  if (!/^[a-z0-9-]+$/.test(stage))
    throw new Error('--stage must be lower-case letters, digits and hyphens: HubSpot’s project is named after it');
  const auth = authOf(settings);
  const { projectName } = newIdentity(auth, stage);
  const known = authOfProjectName(projectName);
  if (known !== auth && !existsSync(projectFolder(root, stage)))
    throw new Error(`--stage ${stage}: ${projectName} is the name of an ${known} project. Choose another name`);
}

const authOf = ({ SETUP_AUTH }: Settings) => (SETUP_AUTH === 'oauth' ? 'oauth' : 'static');

/**
 * Writes the HubSpot project that the settings ask for, and answers whether a file changed.
 * @throws {ProjectRefusedError} with everything that HubSpot would refuse
 */
export async function writeStageProject(
  root: string,
  stage: string,
  settings: Settings,
  publicBaseUrl: string,
): Promise<boolean> {
  const auth = authOf(settings);
  const { changes } = await writeProject({
    root,
    stage,
    publicBaseUrl,
    auth,
    ...(auth === 'static' && { purpose: toPurpose(settings) }),
    support: {
      supportEmail: settings.SETUP_SUPPORT_EMAIL ?? '',
      documentationUrl: settings.SETUP_DOCUMENTATION_URL ?? '',
      supportUrl: settings.SETUP_SUPPORT_URL ?? '',
    },
  });
  return changes.length > 0;
}

function toPurpose({ SETUP_OBJECTS = '', SETUP_FEATURES = '' }: Settings): AppPurpose {
  const [objects, features] = [SETUP_OBJECTS.split(','), SETUP_FEATURES.split(',')];
  return {
    objects: APP_OBJECTS.filter((name) => objects.includes(name)),
    features: APP_FEATURES.filter((name) => features.includes(name)),
  };
}

/** The identity under which HubSpot knows the written project and its app. @throws if none was written */
export function readIdentity(folder: string): ProjectIdentity {
  const { identity } = readConfigured(folder);
  if (identity === undefined) throw new Error(`${folder} holds no HubSpot project. Run npm run setup again`);
  return identity;
}

/** The same for the same paths and bytes. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const path of listFiles(folder)) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(folder, path)))
      .update('\0');
  }
  return hash.digest('hex');
}
