import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { EXAMPLE_BASE_URL, type ProjectOptions } from './hubspot-project.ts';

/**
 * What the HubSpot project on disk was configured with, so that generating it anew, or checking it, keeps an account's own
 * address and name. What cannot be read there is the example's.
 */
export function readConfigured(root: string): ProjectOptions {
  const app = readConfig(root, 'app-hsmeta.json');
  const action = readConfig(root, 'workflow-actions/set-owner-by-email-hsmeta.json');
  const { actionUrl } = action;
  const isOurs = typeof actionUrl === 'string' && actionUrl.endsWith(SET_OWNER_BY_EMAIL.route);
  return {
    publicBaseUrl: isOurs ? actionUrl.slice(0, -SET_OWNER_BY_EMAIL.route.length) : EXAMPLE_BASE_URL,
    auth: (app.auth as { type?: unknown } | undefined)?.type === 'oauth' ? 'oauth' : 'static',
    ...(typeof app.name === 'string' && app.name !== '' && { appName: app.name }),
  };
}

function readConfig(root: string, file: string): Record<string, unknown> {
  const path = join(root, 'hubspot/src/app', file);
  if (!existsSync(path)) return {};
  try {
    return Object(JSON.parse(readFileSync(path, 'utf8')).config) as Record<string, unknown>;
  } catch {
    // Not JSON any more: the generated file will tell the difference.
    return {};
  }
}
