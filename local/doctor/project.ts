import { readConfigured } from '../hubspot-project/configured-project.ts';
import { findDrift } from '../hubspot-project/generate.ts';
import { hubspotProjectFiles } from '../hubspot-project/hubspot-project.ts';
import { type Finding, good, skipped, wrong } from './finding.ts';

/**
 * Whether the HubSpot project in `hubspot/` is the one for this address and way of installing. What HubSpot has was uploaded
 * from there; HubSpot itself has no address that tells it.
 */
export function checkProject(root: string, publicBaseUrl: string, auth: 'static' | 'oauth'): readonly Finding[] {
  const subject = 'hubspot/';
  if (!publicBaseUrl.startsWith('https://')) return [skipped(subject, 'HubSpot cannot reach this machine')];
  const { appName } = readConfigured(root);
  const files = hubspotProjectFiles({ publicBaseUrl, auth, ...(appName !== undefined && { appName }) });
  const drift = findDrift(root, files);
  if (drift.length === 0) return [good(subject, 'is the project for this address')];
  const command = `npm run hubspot:configure -- --base-url ${publicBaseUrl} --auth ${auth}`;
  const paths = drift.map(({ path, kind }) => `${path} (${kind})`).join(', ');
  return [wrong(subject, `differs in ${paths}; ${command}, then hs project upload`)];
}
