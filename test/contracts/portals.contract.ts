import type { PortalId } from '../../lib/domain/ids.ts';
import type { StoredTokens } from '../../lib/domain/portal.ts';
import type { Portals } from '../../lib/ports/portals.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
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
    /** The tokens of a version, of the installation that stands unless it is another one. */
    const at = async (version: number, installationId?: string) => ({
      installationId: installationId ?? (await portals.read(PORTAL_A))?.installationId ?? '',
      version,
    });
    const take = async (holderId: string, version = 1) =>
      portals.takeTokenLease(PORTAL_A, holderId, await at(version), LEASE_MS);
    const save = async (holderId: string, version: number, ciphertext: string) =>
      portals.saveTokens(PORTAL_A, holderId, await at(version), { tokens: makeStoredTokens(ciphertext) });
    const disconnect = async (version: number, atEpochMs = clock.now()) =>
      portals.disconnect(PORTAL_A, await at(version), atEpochMs);

    beforeEach(async () => {
      clock = makeClock();
      portals = await make(clock.now);
    });

    it('The store of accounts is empty at first', async () => {
      expect(await portals.read(PORTAL_A)).toBeUndefined();
      expect(await gather(portals.listConnected())).toEqual([]);
      expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([]);
      expect(await take('a')).toBe(false);
      expect(await save('a', 1, 'x')).toBe(false);
      await disconnect(1);
      await portals.remove(PORTAL_A);
      expect(await portals.read(PORTAL_A)).toBeUndefined();
    });

    it('A connected account is kept as it was connected, separate from others', async () => {
      await connect();
      await connect('other', PORTAL_B, []);
      expect(await portals.read(PORTAL_A)).toEqual({
        portalId: PORTAL_A,
        installationId: expect.stringMatching(/^\S+$/),
        scopes: SCOPES,
        connectedAtEpochMs: clock.now(),
        tokens: makeStoredTokens('first'),
        version: 1,
      });
      expect(await portals.read(PORTAL_B)).toMatchObject({ scopes: [], tokens: { ciphertext: 'other' } });
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A, PORTAL_B]);
    });

    it('[A13] A new install replaces tokens and scopes, also with fewer scopes', async () => {
      await connect();
      clock.advance(1_000);
      await connect('again', PORTAL_A, ['oauth']);
      const portal = await portals.read(PORTAL_A);
      expect(portal).toMatchObject({ scopes: ['oauth'], connectedAtEpochMs: clock.now(), version: 2 });
      expect(portal?.tokens).toEqual(makeStoredTokens('again'));
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
    });

    it('[A13] A new install ends the lease of a running token refresh, which can no longer save', async () => {
      await connect();
      expect(await take('a')).toBe(true);
      await connect('again');
      expect(await save('a', 1, 'late')).toBe(false);
      expect(await take('b', 2)).toBe(true);
      expect((await portals.read(PORTAL_A))?.tokens.ciphertext).toBe('again');
    });

    it('[A6] The token lease is given to one caller at a time, and to the next when it has expired', async () => {
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

    it('[A6] The token lease of a caller whose clock was hours ahead is given to the next one', async () => {
      await connect();
      clock.advance(24 * 3_600_000);
      expect(await take('a')).toBe(true);
      clock.advance(-24 * 3_600_000);
      expect(await take('b')).toBe(true);
    });

    it('A released token lease is available at once, and nobody can release the lease of another caller', async () => {
      await connect();
      await take('a');
      await portals.releaseTokenLease(PORTAL_A, 'b');
      expect(await take('b')).toBe(false);
      await portals.releaseTokenLease(PORTAL_A, 'a');
      await portals.releaseTokenLease(PORTAL_A, 'a');
      expect(await take('b')).toBe(true);
    });

    it('A token lease is given only for the current revision', async () => {
      await connect();
      expect(await take('a', 2)).toBe(false);
      expect(await take('a', 0)).toBe(false);
    });

    it('[A6, A7] Only one caller can save over a revision, and a late save changes nothing', async () => {
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

    it('The scopes that came with new tokens are stored', async () => {
      await connect();
      const tokens = makeStoredTokens('second');
      expect(await portals.saveTokens(PORTAL_A, 'a', await at(1), { tokens, scopes: ['oauth'] })).toBe(true);
      expect((await portals.read(PORTAL_A))?.scopes).toEqual(['oauth']);
    });

    it('[A9] A disconnected account is listed separately, and its tokens are neither leased nor saved', async () => {
      await connect();
      await connect('other', PORTAL_B);
      await take('a');
      const since = clock.now();
      await disconnect(1, since);
      await disconnect(1, since + 1);
      expect(await portals.read(PORTAL_A)).toMatchObject({ disconnectedAtEpochMs: since, version: 1 });
      expect(await take('a')).toBe(false);
      expect(await save('a', 1, 'late')).toBe(false);
      expect(await gather(portals.listConnected())).toEqual([PORTAL_B]);
      expect(await gather(portals.listDisconnected(since))).toEqual([]);
      expect(await gather(portals.listDisconnected(since + 1))).toEqual([PORTAL_A]);
    });

    it('[A8, A9] Rotated tokens connect an account again that was disconnected with those that they replace, and no other', async () => {
      const rotated = { tokens: makeStoredTokens('rotated'), isRotated: true };
      await connect();
      const seen = await at(1);
      await disconnect(1);
      expect(await portals.saveTokens(PORTAL_A, 'a', { ...seen, version: 2 }, rotated)).toBe(false);
      expect(await portals.saveTokens(PORTAL_A, 'a', { ...seen, installationId: 'other' }, rotated)).toBe(false);
      expect(await portals.saveTokens(PORTAL_A, 'a', seen, rotated)).toBe(true);
      expect(await portals.read(PORTAL_A)).toMatchObject({ version: 2, tokens: { ciphertext: 'rotated' } });
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
      await portals.forget(PORTAL_A, seen.installationId, clock.now());
      expect(await portals.saveTokens(PORTAL_A, 'a', { ...seen, version: 2 }, rotated)).toBe(false);
    });

    it('[A9] An account that installed the app again before the disconnect stays connected', async () => {
      await connect();
      await connect('again');
      await disconnect(1);
      expect((await portals.read(PORTAL_A))?.disconnectedAtEpochMs).toBeUndefined();
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
    });

    it('A disconnected account can be connected again', async () => {
      await connect();
      await disconnect(1);
      await connect('again');
      expect(await portals.read(PORTAL_A)).not.toHaveProperty('disconnectedAtEpochMs');
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
      expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([]);
    });

    it('[M6] Every install has an ID of its own, which a token refresh keeps', async () => {
      const ids = [];
      for (const ciphertext of ['first', 'again', 'and again']) {
        await connect(ciphertext);
        const { installationId, version } = (await portals.read(PORTAL_A)) ?? fail();
        ids.push(installationId);
        expect(await save('a', version, 'refreshed')).toBe(true);
        expect(await portals.read(PORTAL_A)).toMatchObject({ installationId, version: version + 1 });
      }
      expect(new Set(ids).size).toBe(3);
    });

    it('[M6] A caller that saw a former installation cannot lease, save or disconnect, whatever the revision', async () => {
      await connect();
      const { installationId: former } = (await portals.read(PORTAL_A)) ?? fail();
      await portals.forget(PORTAL_A, former, clock.now());
      await connect('again');
      const { version } = (await portals.read(PORTAL_A)) ?? fail();
      for (const installationId of [former, '', 'unknown']) {
        const seen = await at(version, installationId);
        expect(await portals.takeTokenLease(PORTAL_A, 'a', seen, LEASE_MS)).toBe(false);
        expect(await portals.saveTokens(PORTAL_A, 'a', seen, { tokens: makeStoredTokens('late') })).toBe(false);
        await portals.disconnect(PORTAL_A, seen, clock.now());
        expect(await portals.forget(PORTAL_A, installationId, clock.now())).toBe(false);
      }
      expect(await portals.read(PORTAL_A)).toMatchObject({ version, tokens: { ciphertext: 'again' } });
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A]);
    });

    it('[M7] A forgotten account keeps only its mark, and nothing that it granted', async () => {
      await connect();
      await take('a');
      const { installationId } = (await portals.read(PORTAL_A)) ?? fail();
      const since = clock.now();
      expect(await portals.forget(PORTAL_A, installationId, since)).toBe(true);
      expect(await portals.read(PORTAL_A)).toEqual({
        portalId: PORTAL_A,
        installationId: '',
        scopes: [],
        connectedAtEpochMs: 0,
        disconnectedAtEpochMs: since,
        forgottenAtEpochMs: since,
        tokens: { ciphertext: '', issuedAtEpochMs: 0, expiresAtEpochMs: 0 },
        version: 2,
      });
      expect([await take('b', 2), await save('b', 2, 'late')]).toEqual([false, false]);
      expect(await gather(portals.listConnected())).toEqual([]);
      expect(await gather(portals.listDisconnected(since))).toEqual([PORTAL_A]);
    });

    it('[M7] An account of which nothing is kept is marked as forgotten too, and listed', async () => {
      expect(await portals.forget(PORTAL_A, '', clock.now())).toBe(true);
      expect(await portals.forget(PORTAL_A, '', clock.now())).toBe(true);
      expect(await portals.read(PORTAL_A)).toMatchObject({ forgottenAtEpochMs: clock.now() });
      expect(await gather(portals.listDisconnected(0))).toEqual([PORTAL_A]);
      await portals.remove(PORTAL_A);
      expect(await portals.read(PORTAL_A)).toBeUndefined();
      expect(await gather(portals.listDisconnected(0))).toEqual([]);
    });

    it('[M7] An install connects a forgotten account again, removes the mark and never uses a revision twice', async () => {
      await connect();
      const { installationId } = (await portals.read(PORTAL_A)) ?? fail();
      await portals.forget(PORTAL_A, installationId, clock.now());
      await connect('again');
      const portal = await portals.read(PORTAL_A);
      expect(portal).toMatchObject({ version: 3, scopes: SCOPES });
      expect(portal).not.toHaveProperty('forgottenAtEpochMs');
      expect(portal).not.toHaveProperty('disconnectedAtEpochMs');
      await disconnect(3);
      expect(await portals.read(PORTAL_A)).not.toHaveProperty('forgottenAtEpochMs');
      expect(await gather(portals.listDisconnected(clock.now()))).toEqual([]);
    });

    it('A disconnected account can be removed, also a second time, and a connected one cannot', async () => {
      await connect();
      await connect('other', PORTAL_B);
      await disconnect(1);
      for (const portalId of [PORTAL_A, PORTAL_A, PORTAL_B]) await portals.remove(portalId);
      expect(await portals.read(PORTAL_A)).toBeUndefined();
      expect(await gather(portals.listDisconnected(clock.now() + 1))).toEqual([]);
      expect(await gather(portals.listConnected())).toEqual([PORTAL_B]);
      await connect();
      expect(await gather(portals.listConnected())).toEqual([PORTAL_A, PORTAL_B]);
    });
  });
}

function fail(): never {
  throw new Error('the portal is not there');
}
