import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigured } from '../hubspot-project/configured-project.ts';
import { findDrift } from '../hubspot-project/drift.ts';
import { hubspotProjectFiles } from '../hubspot-project/hubspot-project.ts';
import { listFiles, readAssets, stageFolder } from '../hubspot-project/project-folder.ts';
import { type Finding, good, skipped, wrong } from './finding.ts';

/**
 * Whether the HubSpot project of this stage on this machine has the right address and kind of app. It is what was uploaded to
 * HubSpot, which has no API to check it.
 */
export function checkProject(
  root: string,
  stage: string,
  publicBaseUrl: string,
  auth: 'static' | 'oauth',
): readonly Finding[] {
  const subject = stageFolder(stage);
  const projectDir = join(root, subject);
  if (!publicBaseUrl.startsWith('https://')) return [skipped(subject, 'HubSpot cannot reach this machine')];
  const command = `npm run hubspot:configure -- --stage ${stage} --base-url ${publicBaseUrl} --auth ${auth}`;
  if (!existsSync(projectDir)) return [skipped(subject, `was not written on this machine; ${command} writes it`)];
  const files = hubspotProjectFiles({ ...readConfigured(projectDir), stage, publicBaseUrl, auth });
  const drift = findDrift(projectDir, new Map([...files, ...readAssets(root)]), listFiles(projectDir));
  if (drift.length === 0) return [good(subject, 'is the project for this address')];
  const paths = drift.map(({ path, kind }) => `${path} (${kind})`).join(', ');
  return [wrong(subject, `differs in ${paths}; ${command}, then hs project upload`)];
}
