import { ALL_SCOPES } from './object-types.ts';
import type { AppFile } from './project-files.ts';

/** Scopes that exist, although no route of this simulator needs them (scopes page, read 2026-11-23). */
const OTHER_SCOPES = ['settings.users.teams.read', 'developers-read', 'developers-write'];
const KNOWN = new Set([...ALL_SCOPES, ...OTHER_SCOPES]);

/**
 * A static app requires all of its scopes: HubSpot accepts optional and conditional scopes from OAuth apps only (app
 * authentication, read 2026-11-26). An unknown name may exist in HubSpot, but strict is better than lenient.
 */
export function findScopeRefusals({ auth, requiredScopes, optionalScopes, conditionalScopes }: AppFile): string[] {
  const all = [...requiredScopes, ...optionalScopes, ...conditionalScopes];
  const doubled = new Set(all.filter((scope, index) => all.indexOf(scope) !== index));
  const unknown = new Set(all.filter((scope) => !KNOWN.has(scope)));
  const notRequired = [...optionalScopes, ...conditionalScopes];
  return [
    ...(requiredScopes.includes('oauth') ? [] : ['requiredScopes: oauth is missing']),
    ...[...unknown].map((scope) => `scope ${scope}: unknown`),
    ...[...doubled].map((scope) => `scope ${scope}: asked for twice`),
    ...(auth === 'static' && notRequired.length > 0
      ? [`a static app has required scopes only, and neither optional nor conditional ones: ${notRequired.join(' ')}`]
      : []),
  ];
}
