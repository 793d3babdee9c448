import type { Settings } from '../deploy/settings.ts';
import { STORE_CREDENTIALS } from './credential-step.ts';
import { FIRST_REFRESH, RUN_DOCTOR, TELL_INSTALL } from './last-steps.ts';
import { UPLOAD_PROJECT, WRITE_PROJECT } from './project-steps.ts';
import { givenAddress, type Step } from './setup-world.ts';
import { DEPLOY, DEPLOY_FOR_ADDRESS, REACH_ADDRESS } from './stack-steps.ts';

/**
 * The steps, in an order in which each has what it needs. HubSpot needs the address before it accepts the project, and shows the
 * credentials after that. Without a domain, the address exists only after a deployment.
 */
export function planSteps(settings: Settings, replaceSecrets = false): readonly Step[] {
  const project = [WRITE_PROJECT, UPLOAD_PROJECT, STORE_CREDENTIALS];
  const isOAuth = settings.SETUP_AUTH === 'oauth';
  const last = [RUN_DOCTOR, isOAuth ? TELL_INSTALL : FIRST_REFRESH];
  if (givenAddress(settings) !== undefined) return [...project, DEPLOY, REACH_ADDRESS, ...last];
  // A static token needs no second deployment: the functions read the secrets with the first request. Functions that run keep
  // the secrets that they have read.
  const deploysAfter = isOAuth || replaceSecrets;
  return deploysAfter ? [DEPLOY_FOR_ADDRESS, ...project, DEPLOY, ...last] : [DEPLOY, ...project, ...last];
}
