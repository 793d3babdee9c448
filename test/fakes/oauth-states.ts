import type { OAuthStates } from '../../lib/ports/portals.ts';
import { makeOutage, type Outage } from './outage.ts';

/** Used states in a set. */
export function createFakeUsedStates(): OAuthStates & { readonly outage: Outage } {
  const used = new Set<string>();
  const outage = makeOutage();
  return {
    outage,
    async consume(nonce) {
      outage.check();
      const isFirst = !used.has(nonce);
      used.add(nonce);
      return isFirst;
    },
  };
}
