import type { Scenario } from './scenario.ts';
import type { SimulatorState } from './simulator/state.ts';

/** How the demo's app is installed, and its permissions. */
export type DemoApp = { readonly auth: 'oauth' | 'static'; readonly scopes: ReadonlySet<string> };

/** Every scope of the app: in the demo, nobody declines an optional one. */
export function scopesOfDemo({ projects }: SimulatorState): ReadonlySet<string> {
  const apps = [...projects.values()].map(({ app }) => app);
  return new Set(apps.flatMap(({ requiredScopes, optionalScopes }) => [...requiredScopes, ...optionalScopes]));
}

const CUSTOM = ['crm.objects.custom.read', 'crm.objects.custom.write'];
const SCOPES_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  '0-1': ['crm.objects.contacts.read', 'crm.objects.contacts.write'],
  '0-3': ['crm.objects.deals.read', 'crm.objects.deals.write'],
};

export type DemoChoice = { readonly scenarios: readonly Scenario[]; readonly leftOut: readonly string[] };

/**
 * The scenarios with the results that this app gets. Without the permission, a scenario fails in the way that it names, or is
 * left out: the demo claims nothing that the app may not do.
 */
export function chooseScenarios(all: readonly Scenario[], { auth, scopes }: DemoApp): DemoChoice {
  const scenarios: Scenario[] = [];
  const leftOut: string[] = [];
  for (const scenario of all) {
    const isAllowed = needsOf(scenario).every((scope) => scopes.has(scope));
    const isReachable = auth === 'oauth' || scenario.account !== 'second';
    if (isAllowed && isReachable) scenarios.push(scenario);
    else if (isReachable && scenario.withoutScopes !== undefined)
      scenarios.push({ ...scenario, ...scenario.withoutScopes });
    else leftOut.push(scenario.shows);
  }
  return { scenarios, leftOut };
}

function needsOf({ typeId = '0-1', isQueued }: Scenario): readonly string[] {
  return [...(SCOPES_OF_TYPE[typeId] ?? CUSTOM), ...(isQueued === true ? ['automation'] : [])];
}
