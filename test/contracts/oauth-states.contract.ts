import type { OAuthStates } from '../../lib/ports/portals.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

/** What every memory of used states promises. `make` gives an empty one. */
export function describeUsedStates(name: string, make: () => Promise<OAuthStates>): void {
  describe(`used states: ${name}`, () => {
    it('[A1] An install state can be used once', async () => {
      const states = await make();
      expect(await states.consume('nonce-1', START_EPOCH_MS)).toBe(true);
      expect(await states.consume('nonce-1', START_EPOCH_MS)).toBe(false);
      expect(await states.consume('nonce-1', START_EPOCH_MS + 1)).toBe(false);
    });

    it('Install states are separate from each other', async () => {
      const states = await make();
      expect(await states.consume('nonce-1', START_EPOCH_MS)).toBe(true);
      expect(await states.consume('nonce-2', START_EPOCH_MS)).toBe(true);
      expect(await states.consume('NONCE-1', START_EPOCH_MS)).toBe(true);
    });

    it('[A1] Only one of many simultaneous callers can use an install state', async () => {
      const states = await make();
      const uses = await Promise.all(Array.from({ length: 20 }, () => states.consume('nonce-1', START_EPOCH_MS)));
      expect(uses.filter((isFirst) => isFirst)).toHaveLength(1);
    });
  });
}
