import type { OAuthStates } from '../../lib/ports/portals.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

/** What every memory of used states promises. `make` gives an empty one. */
export function describeUsedStates(name: string, make: () => Promise<OAuthStates>): void {
  describe(`used states: ${name}`, () => {
    it('[A1] lets a state be used once', async () => {
      const states = await make();
      expect(await states.consume('nonce-1', START_EPOCH_MS)).toBe(true);
      expect(await states.consume('nonce-1', START_EPOCH_MS)).toBe(false);
      expect(await states.consume('nonce-1', START_EPOCH_MS + 1)).toBe(false);
    });

    it('keeps states apart', async () => {
      const states = await make();
      expect(await states.consume('nonce-1', START_EPOCH_MS)).toBe(true);
      expect(await states.consume('nonce-2', START_EPOCH_MS)).toBe(true);
      expect(await states.consume('NONCE-1', START_EPOCH_MS)).toBe(true);
    });

    it('[A1] lets one of many have it that come at the same time', async () => {
      const states = await make();
      const uses = await Promise.all(Array.from({ length: 20 }, () => states.consume('nonce-1', START_EPOCH_MS)));
      expect(uses.filter((isFirst) => isFirst)).toHaveLength(1);
    });
  });
}
