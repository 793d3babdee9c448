import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { checkCli, uploadProject } from './hubspot-cli.ts';
import { done, publicBaseUrl, type Setup, type Step, settingsOf, skipped } from './setup-world.ts';
import { digestOf, projectFolder, readIdentity, writeStageProject } from './write-project.ts';

export const WRITE_PROJECT: Step = {
  title: 'Write the HubSpot project',
  async run(setup) {
    const baseUrl = await publicBaseUrl(setup);
    const isChanged = await writeStageProject(setup.projectDir, setup.stage, settingsOf(setup), baseUrl);
    const shown = `.hubspot-project/${setup.stage}/`;
    return isChanged ? done(`${shown} is the project for ${baseUrl}`) : skipped(`${shown} is up to date`);
  },
};

export const UPLOAD_PROJECT: Step = {
  title: 'Upload it to HubSpot',
  async run(setup) {
    const { SETUP_ACCOUNT_ID: accountId = '' } = settingsOf(setup);
    const folder = projectFolder(setup.projectDir, setup.stage);
    const upload = { accountId, digest: digestOf(folder) };
    const before = readUpload(setup);
    if (before?.accountId === accountId && before.digest === upload.digest) {
      return skipped(`account ${accountId} has exactly this project`);
    }
    await checkCli(setup.run, setup.projectDir);
    await uploadProject(setup.run, folder, accountId);
    writeFileSync(uploadFile(setup), `${JSON.stringify(upload, null, 2)}\n`);
    const { projectName } = readIdentity(folder);
    if (before === undefined) return done(`account ${accountId} has the project ${projectName}`);
    const again = `If its permissions changed, install the app again: ${appPage(setup)}`;
    return done(`account ${accountId} has the new version of ${projectName}. ${again}`);
  },
};

/** The app's page in HubSpot, by the address that HubSpot's CLI 8.15 opens. */
export function appPage(setup: Setup): string {
  const { projectName, appUid } = readIdentity(projectFolder(setup.projectDir, setup.stage));
  const { SETUP_ACCOUNT_ID } = settingsOf(setup);
  const project = `https://app.hubspot.com/developer-projects/${SETUP_ACCOUNT_ID}/project/${projectName}`;
  return `${project}/component/${appUid}/distribution`;
}

type Upload = { readonly accountId: string; readonly digest: string };

/** Beside the project and not in it: everything in it is uploaded. */
function uploadFile({ projectDir, stage }: Setup): string {
  return `${projectFolder(projectDir, stage)}.uploaded.json`;
}

function readUpload(setup: Setup): Upload | undefined {
  const file = uploadFile(setup);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Upload) : undefined;
}
