import type { Alias } from '../../lib/domain/alias.ts';
import type { Aliases } from '../../lib/ports/store.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeAliases = Aliases & { readonly outage: Outage; readonly reads: () => number };

/** Aliases in a map. */
export function createFakeAliases(): FakeAliases {
  const known = new Map<string, { readonly portalId: string; readonly alias: Alias }>();
  const outage = makeOutage();
  const keyOf = (portalId: string, name: string) => JSON.stringify([portalId, name]);
  const targetOf = (one: Alias | undefined) => (one?.kind === 'domain' ? one.toDomain : one?.ownerId);
  let reads = 0;
  return {
    outage,
    reads: () => reads,
    async find(portalId, { alias }) {
      reads += 1;
      outage.check();
      return known.get(keyOf(portalId, alias))?.alias;
    },
    async list(portalId) {
      reads += 1;
      outage.check();
      return [...known.values()].filter((one) => one.portalId === portalId).map(({ alias }) => alias);
    },
    async set(portalId, alias) {
      outage.check();
      const key = keyOf(portalId, alias.alias);
      if (targetOf(known.get(key)?.alias) !== targetOf(alias)) known.set(key, { portalId, alias });
    },
    async remove(portalId, { alias }) {
      outage.check();
      known.delete(keyOf(portalId, alias));
    },
  };
}
