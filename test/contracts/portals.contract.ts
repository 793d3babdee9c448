import type { PortalId } from '../../lib/domain/ids.ts';
import type { Portals, StoredTokens } from '../../lib/domain/portal.ts';
import type { Now } from '../../lib/domain/ports.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';

const LEASE_MS = 10_000;
const SCOPES = ['oauth', 'crm.objects.owners.read'];

export function makeStoredTokens(ciphertext: string, issuedAtEpochMs = 1_000): StoredTokens {
  return { ciphertext, issuedAtEpochMs, expiresAtEpochMs: issuedAtEpochMs + 1_800_000 };
}

export async function gather(pages: AsyncIterable<readonly PortalId[]>): Promise<PortalId[]> {
  return (await Array.fromAsync(pages)).flat().sort();
}

/** What every store of portals promises. `make` gives an empty one that goes by the given clock. */
export function describePortals(name: string, make: (now: Now) => Promise<Portals>): void {
  describe(`portals: ${name}`, () => {
    let clock: FakeClock;
    let portals: Portals;
    const connect = (ciphertext = 'first', portalId = PORTAL_A, scopes: readonly string[] = SCOPES) =>
      portals.connect(portalId, { scopes, tokens: makeStoredTokens(ciphertext) }, clock.now());
    const take = (holderId: string, version = 1) => portals.takeTokenLease(PORTAL_A, holderId, version, LEASE_MS);
    const save = (holderId: string, version: number, ciphertext: string) =>
      portals.saveTokens(PORTAL_A, holderId, version, { tokens: makeStoredTokens(ciphertext) });

    beforeEach(async () => {
      clock = makeClock();
      portals = await make(clock.now);
    });

    it('knows nobody at first', async () => {
      expect(await portals.read(PORTAL_A)).toBeUndefined();
      expect(await gather(portals.listConnected())).toEqual([]);
      expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([]);
      expect(await take('a')).toBe(false);
      expect(await save('a', 1, 'x')).toBe(false);
      await portals.disconnect(PORTAL_A, 1, clock.now());
      await portals.remove(PORTAL_A);
      expect(await portals.read(PORTAL_A)).toBeUndefined();
    });

    it('keeps a portal as it was connected, apart from others', async () => {
      await connect();
      await connect('other', PORTAL_B, []);
      expect(await portals.read(PORTAL_A)).toEqual({
        portalId: PORTAL_A,
        scopes: SCOPES,
        connectedAtEpochMs: clock.now(),
        tokens: makeStoredTokens('first'),
        version: 1,
      });
      expect(await portals.read(PORTAL_B)).toMatchObject({ scopes: [], tokens: { ciphertext: 'other' } });
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A, PORTAL_B]);
    });

    it('[A13] takes the tokens and scopes of whoever installs again, also with fewer scopes', async () => {
      await connect();
      clock.advance(1_000);
      await connect('again', PORTAL_A, ['oauth']);
      const portal = await portals.read(PORTAL_A);
      expect(portal).toMatchObject({ scopes: ['oauth'], connectedAtEpochMs: clock.now(), version: 2 });
      expect(portal?.tokens).toEqual(makeStoredTokens('again'));
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
    });

    it('[A13] ends the lease and the chances of whoever refreshes while somebody installs again', async () => {
      await connect();
      expect(await take('a')).toBe(true);
      await connect('again');
      expect(await save('a', 1, 'late')).toBe(false);
      expect(await take('b', 2)).toBe(true);
      expect((await portals.read(PORTAL_A))?.tokens.ciphertext).toBe('again');
    });

    it('[A6] leases to one at a time, and to the next when the time of the first is over', async () => {
      await connect();
      expect(await take('a')).toBe(true);
      expect(await take('a')).toBe(true);
      expect(await take('b')).toBe(false);
      clock.advance(LEASE_MS);
      expect(await take('b')).toBe(false);
      clock.advance(1);
      expect(await take('b')).toBe(true);
      expect(await take('a')).toBe(false);
    });

    it('leases at once what was given back, and lets nobody give back what is another’s', async () => {
      await connect();
      await take('a');
      await portals.releaseTokenLease(PORTAL_A, 'b');
      expect(await take('b')).toBe(false);
      await portals.releaseTokenLease(PORTAL_A, 'a');
      await portals.releaseTokenLease(PORTAL_A, 'a');
      expect(await take('b')).toBe(true);
    });

    it('leases the version that stands and no other', async () => {
      await connect();
      expect(await take('a', 2)).toBe(false);
      expect(await take('a', 0)).toBe(false);
    });

    it('[A6, A7] lets one save over a version: who comes late changes nothing', async () => {
      await connect();
      await take('a');
      clock.advance(LEASE_MS + 1);
      await take('b');
      expect(await save('b', 1, 'of b')).toBe(true);
      expect(await save('a', 1, 'of a')).toBe(false);
      expect(await portals.read(PORTAL_A)).toMatchObject({
        version: 2,
        tokens: { ciphertext: 'of b' },
        scopes: SCOPES,
      });
      expect(await take('c', 2)).toBe(true);
    });

    it('takes the scopes that came with new tokens', async () => {
      await connect();
      const tokens = makeStoredTokens('second');
      expect(await portals.saveTokens(PORTAL_A, 'a', 1, { tokens, scopes: ['oauth'] })).toBe(true);
      expect((await portals.read(PORTAL_A))?.scopes).toEqual(['oauth']);
    });

    it('[A9] lists a disconnected portal apart, and neither leases nor saves its tokens', async () => {
      await connect();
      await connect('other', PORTAL_B);
      await take('a');
      const at = clock.now();
      await portals.disconnect(PORTAL_A, 1, at);
      await portals.disconnect(PORTAL_A, 1, at + 1);
      expect(await portals.read(PORTAL_A)).toMatchObject({ disconnectedAtEpochMs: at, version: 1 });
      expect(await take('a')).toBe(false);
      expect(await save('a', 1, 'late')).toBe(false);
      expect(await gather(portals.listConnected())).toEqual([PORTAL_B]);
      expect(await gather(portals.listDisconnected(at))).toEqual([]);
      expect(await gather(portals.listDisconnected(at + 1))).toEqual([PORTAL_A]);
    });

    it('[A9] leaves a portal connected that installed again before it was disconnected', async () => {
      await connect();
      await connect('again');
      await portals.disconnect(PORTAL_A, 1, clock.now());
      expect((await portals.read(PORTAL_A))?.disconnectedAtEpochMs).toBeUndefined();
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
    });

    it('connects a disconnected portal again', async () => {
      await connect();
      await portals.disconnect(PORTAL_A, 1, clock.now());
      await connect('again');
      expect(await portals.read(PORTAL_A)).not.toHaveProperty('disconnectedAtEpochMs');
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
      expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([]);
    });

    it('removes a disconnected portal, once and again, and no connected one', async () => {
      await connect();
      await connect('other', PORTAL_B);
      await portals.disconnect(PORTAL_A, 1, clock.now());
      for (const portalId of [PORTAL_A, PORTAL_A, PORTAL_B]) await portals.remove(portalId);
      expect(await portals.read(PORTAL_A)).toBeUndefined();
      expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([]);
      expect(await gather(portals.listConnected())).toEqual([PORTAL_B]);
      await connect();
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A, PORTAL_B]);
    });
  });
}
