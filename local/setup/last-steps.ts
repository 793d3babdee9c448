import { join } from 'node:path';
import { INSTALL_ROUTE } from '../../lib/domain/app-urls.ts';
import { parsePortalId } from '../../lib/domain/ids.ts';
import { stackNameOf } from '../deploy/settings.ts';
import { done, outputOf, publicBaseUrl, requireStack, type Step, settingsOf, skipped } from './setup-world.ts';

/** Never skipped: it changes nothing, and its results may have changed. */
export const RUN_DOCTOR: Step = {
  title: 'Check the deployment (npm run doctor)',
  async run({ run, projectDir, stage, ...setup }) {
    const { AWS_REGION = '' } = settingsOf({ run, projectDir, stage, ...setup });
    const { exitCode } = await run({
      command: process.execPath,
      args: [join(projectDir, 'local/doctor/doctor.ts'), '--stage', stage, '--region', AWS_REGION],
      cwd: projectDir,
      output: 'show',
    });
    if (exitCode !== 0) throw new Error('Fix what the doctor marks with ✗, then run npm run setup again');
    return done('nothing to fix');
  },
};

export const FIRST_REFRESH: Step = {
  title: 'Start the first owner refresh',
  async run(setup) {
    const { HUBSPOT_PORTAL_ID } = settingsOf(setup);
    const portalId = parsePortalId(HUBSPOT_PORTAL_ID);
    if (portalId === undefined) throw new Error('HUBSPOT_PORTAL_ID: is missing in the settings');
    const tableName = outputOf(await requireStack(setup), 'TableName');
    if (await setup.refresh.wasDone(tableName, portalId)) return skipped('owners were refreshed before');
    await setup.refresh.start(`${stackNameOf(setup.stage)}-scheduleOwnerRefresh`);
    return done(`the owners of account ${portalId} are being read`);
  },
};

export const TELL_INSTALL: Step = {
  title: 'Install the app',
  async run(setup) {
    const address = `${await publicBaseUrl(setup)}${INSTALL_ROUTE}`;
    return done(`an admin of each account opens ${address}. The first owner refresh of the account starts then`);
  },
};
