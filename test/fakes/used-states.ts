import type { UsedStates } from '../../lib/domain/install.ts';
import { makeOutage, type Outage } from './outage.ts';

/** Used states in a set. */
export function createFakeUsedStates(): UsedStates & { readonly outage: Outage } {
  const used = new Set<string>();
  const outage = makeOutage();
  return {
    outage,
    async use(nonce) {
      outage.check();
      const isFirst = !used.has(nonce);
      used.add(nonce);
      return isFirst;
    },
  };
}
