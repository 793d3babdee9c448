/**
 * Assigns IDs and refuses a number that already has another meaning.
 *
 * HubSpot's owner IDs and user IDs are often equal in young accounts, so code that mixes them up passes its tests. Here, one
 * number has only one meaning, in all portals together.
 */
type IdKind = 'app' | 'portal' | 'owner' | 'user' | 'team' | 'record';

export type IdRegistry = {
  /** @throws when the number is already an id of another kind */
  claim(kind: IdKind, id: string): string;
  next(kind: IdKind): string;
};

/** Owner and user ids are int32 on the wire (owners OpenAPI 2026-09, read 2026-11-23); record ids are not. */
const FIRST_ID: Readonly<Record<IdKind, number>> = {
  app: 3_300_001,
  portal: 8_100_001,
  owner: 410_000_001,
  user: 52_000_001,
  team: 730_001,
  record: 9_100_000_001,
};

export function createIdRegistry(): IdRegistry {
  const kindById = new Map<string, IdKind>();
  const nextByKind = { ...FIRST_ID };

  function claim(kind: IdKind, id: string): string {
    if (!/^[1-9]\d{0,15}$/.test(id)) throw new Error(`${kind} id ${id} is not a whole number of 1 to 16 digits`);
    const taken = kindById.get(id);
    if (taken !== undefined && taken !== kind) {
      throw new Error(`${kind} id ${id} is already a ${taken} id: ids of different kinds must differ`);
    }
    kindById.set(id, kind);
    return id;
  }

  function next(kind: IdKind): string {
    while (kindById.has(String(nextByKind[kind]))) nextByKind[kind] += 1;
    return claim(kind, String(nextByKind[kind]));
  }

  return { claim, next };
}
