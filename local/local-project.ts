import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hubspotProjectFiles } from './hubspot-project/hubspot-project.ts';
import { type ProjectFiles, readProject, readProjectFolder } from './simulator/project-files.ts';

export type LocalProject = {
  readonly files: ProjectFiles;
  /** Whether it may contain the example addresses of the repository. */
  readonly isTemplate: boolean;
};

/** Where the generator writes it in the repository. */
const FOLDER = 'hubspot';
/** As in the repository's project; the simulator calls the local address instead. */
const NOBODYS_ADDRESS = 'https://owner.example.com';

/**
 * The HubSpot project whose app the simulator installs: the one in `HUBSPOT_PROJECT_DIR`, or else the one of the repository.
 * For accounts that install the app by OAuth, a repository with a static project generates the OAuth one.
 * @throws naming the variable when the project is for the other way of installing
 */
export function readLocalProject(projectDir: string, given: (name: string) => string | undefined): LocalProject {
  const auth = given('HUBSPOT_CLIENT_ID') === undefined ? 'static' : 'oauth';
  const folder = given('HUBSPOT_PROJECT_DIR');
  const path = resolve(projectDir, folder ?? FOLDER);
  if (!existsSync(join(path, 'hsproject.json'))) {
    throw new Error(`HUBSPOT_PROJECT_DIR: ${folder ?? FOLDER}/ is no HubSpot project; it has no hsproject.json`);
  }
  const files = readProjectFolder(path);
  const [app] = readProject(files).apps;
  if (folder === undefined && auth === 'oauth' && app?.auth === 'static') {
    return { files: generateOAuthProject(), isTemplate: true };
  }
  if (app !== undefined && app.auth !== auth) {
    const wanted = app.auth === 'oauth' ? 'needed, such as local-app' : 'not for a static app';
    throw new Error(`HUBSPOT_CLIENT_ID: ${wanted}; the project in ${folder ?? FOLDER}/ has auth.type ${app.auth}`);
  }
  return { files, isTemplate: folder === undefined };
}

function generateOAuthProject(): ProjectFiles {
  const files = hubspotProjectFiles({ publicBaseUrl: NOBODYS_ADDRESS, auth: 'oauth' });
  return new Map([...files].map(([path, text]) => [path.replace(/^hubspot\//, ''), text]));
}
