import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { purposeOf } from '../../lib/domain/scopes.ts';
import { EXAMPLE_BASE_URL, EXAMPLE_SUPPORT, type ProjectOptions } from './hubspot-project.ts';

/**
 * What the HubSpot project on disk was configured with, so that generating it anew, or checking it, keeps an account's own
 * address and name. What cannot be read there is the example's.
 */
export function readConfigured(root: string): ProjectOptions {
  const app = readConfig(root, 'app-hsmeta.json');
  const action = readConfig(root, 'workflow-actions/set-owner-by-email-hsmeta.json');
  const { actionUrl } = action;
  const { type, requiredScopes } = Object(app.auth) as { type?: unknown; requiredScopes?: unknown };
  const auth = type === 'oauth' ? 'oauth' : 'static';
  const { name: projectName } = readJson(root, 'hubspot/hsproject.json');
  const { uid: appUid } = readJson(root, 'hubspot/src/app/app-hsmeta.json');
  // Projects of earlier versions required no object's scopes: they get the default.
  const purpose = type === 'static' && Array.isArray(requiredScopes) ? purposeOf(requiredScopes) : undefined;
  const isOurs = typeof actionUrl === 'string' && actionUrl.endsWith(SET_OWNER_BY_EMAIL.route);
  return {
    publicBaseUrl: isOurs ? actionUrl.slice(0, -SET_OWNER_BY_EMAIL.route.length) : EXAMPLE_BASE_URL,
    auth,
    ...(typeof projectName === 'string' && typeof appUid === 'string' && { identity: { auth, projectName, appUid } }),
    ...(purpose !== undefined && purpose.objects.length > 0 && { purpose }),
    support: { ...EXAMPLE_SUPPORT, ...(Object(app.support) as object) },
    ...(typeof app.name === 'string' && app.name !== '' && { appName: app.name }),
  };
}

function readConfig(root: string, file: string): Record<string, unknown> {
  return Object(readJson(root, `hubspot/src/app/${file}`).config) as Record<string, unknown>;
}

function readJson(root: string, file: string): Record<string, unknown> {
  const path = join(root, file);
  if (!existsSync(path)) return {};
  try {
    return Object(JSON.parse(readFileSync(path, 'utf8'))) as Record<string, unknown>;
  } catch {
    // Not JSON any more: the generated file will tell the difference.
    return {};
  }
}
