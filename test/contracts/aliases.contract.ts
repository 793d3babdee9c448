import { type Alias, type AliasName, readAliasName } from '../../lib/domain/alias.ts';
import type { Aliases } from '../../lib/ports/store.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId } from '../builders/ids.ts';

const AT = 1_795_000_000_123;
const [JANE, BOB] = [toOwnerId('2'), toOwnerId('3')];

export const toAliasName = (text: string): AliasName => {
  const name = readAliasName(text);
  if (name === undefined) throw new Error('a fixture is not valid');
  return name;
};
const domain = (text: string) => {
  const name = toAliasName(text);
  if (name.kind !== 'domain') throw new Error('a fixture is not valid');
  return name.alias;
};

export const toAddress = (alias: string, ownerId: string | number, setAtEpochMs = AT): Alias => ({
  kind: 'address',
  alias: toEmail(alias),
  ownerId: toOwnerId(ownerId),
  setAtEpochMs,
});
export const toDomain = (alias: string, to: string, setAtEpochMs = AT): Alias => ({
  kind: 'domain',
  alias: domain(alias),
  toDomain: domain(to),
  setAtEpochMs,
});

/** What every store of aliases promises. `make` gives an empty one. */
export function describeAliases(name: string, make: () => Promise<Aliases>): void {
  describe(`aliases: ${name}`, () => {
    let aliases: Aliases;
    const list = async (portalId = PORTAL_A) =>
      [...(await aliases.list(portalId))].sort((a, b) => (a.alias < b.alias ? -1 : 1));

    beforeEach(async () => {
      aliases = await make();
    });

    it('The alias store has none at first', async () => {
      expect(await list()).toEqual([]);
    });

    it('The alias store keeps addresses and domains, and where each leads', async () => {
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', JANE));
      await aliases.set(PORTAL_A, toDomain('@old.example.com', '@example.com'));
      expect(await list()).toEqual([
        toDomain('@old.example.com', '@example.com'),
        toAddress('j.doe@example.com', JANE),
      ]);
    });

    it('The alias store finds one alias by its name, in its own portal only, as soon as it was set and no longer', async () => {
      const [address, atDomain] = [toAliasName('j.doe@example.com'), toAliasName('@old.example.com')];
      expect(await aliases.find(PORTAL_A, address)).toBeUndefined();
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', JANE));
      await aliases.set(PORTAL_A, toDomain('@old.example.com', '@example.com'));
      expect(await aliases.find(PORTAL_A, address)).toEqual(toAddress('j.doe@example.com', JANE));
      expect(await aliases.find(PORTAL_A, atDomain)).toEqual(toDomain('@old.example.com', '@example.com'));
      expect(await aliases.find(PORTAL_B, address)).toBeUndefined();
      await aliases.remove(PORTAL_A, address);
      expect(await aliases.find(PORTAL_A, address)).toBeUndefined();
    });

    it('The alias store replaces where an alias led before', async () => {
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', JANE));
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', BOB, AT + 1));
      expect(await list()).toEqual([toAddress('j.doe@example.com', BOB, AT + 1)]);
    });

    it('The alias store changes nothing, not even the time, when the same is said again', async () => {
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', JANE));
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', JANE, AT + 1));
      expect(await list()).toEqual([toAddress('j.doe@example.com', JANE)]);
    });

    it('The alias store forgets once, may forget again, and keeps the others', async () => {
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', JANE));
      await aliases.set(PORTAL_A, toDomain('@old.example.com', '@example.com'));
      await aliases.remove(PORTAL_A, toAliasName('@old.example.com'));
      await aliases.remove(PORTAL_A, toAliasName('@old.example.com'));
      expect(await list()).toEqual([toAddress('j.doe@example.com', JANE)]);
    });

    it('The alias store shows a portal nothing of another, and takes nothing off it', async () => {
      await aliases.set(PORTAL_A, toAddress('j.doe@example.com', JANE));
      expect(await list(PORTAL_B)).toEqual([]);
      await aliases.remove(PORTAL_B, toAliasName('j.doe@example.com'));
      expect(await list()).toHaveLength(1);
    });

    it('The alias store lists more aliases than are read at once', async () => {
      const names = Array.from({ length: 300 }, (_, n) => `p${String(n).padStart(3, '0')}@example.com`);
      await Promise.all(names.map((alias) => aliases.set(PORTAL_A, toAddress(alias, JANE))));
      expect((await list()).map(({ alias }) => alias)).toEqual(names);
    });
  });
}
