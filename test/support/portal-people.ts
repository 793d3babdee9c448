import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { getPortal, type SimulatorState } from '../../local/simulator/state.ts';
import { markedIds, type OneOfTwo, TWO_PORTALS } from './portal-watch.ts';

export const PEOPLE = ['ann', 'bea', 'cat', 'dan'] as const;
export type Person = (typeof PEOPLE)[number];

/** Who is behind one email of one portal, and who was. */
type Known = {
  /** Every owner id that the email ever had here; the last one is today's. */
  readonly ids: string[];
  isActive: boolean;
  changedAtEpochMs: number;
};

export const emailOf = (person: Person): string => `${person}@example.com`;
export const nameOf = (portalId: OneOfTwo, person: Person): string => `${person} of ${portalId}`;

/**
 * The people of two portals: the same emails in both, with owner ids that are one portal's alone. Changes them in HubSpot and
 * remembers what was changed, which is all that an answer is checked against.
 */
export function createPortalPeople(state: SimulatorState, now: () => number) {
  const ids = new Map(TWO_PORTALS.map((portalId) => [portalId, markedIds(portalId)]));
  const everybody = new Map<string, Known>();

  const idsOf = (portalId: OneOfTwo) => demand(ids.get(portalId));
  const find = (portalId: OneOfTwo, person: Person) => demand(everybody.get(`${portalId} ${person}`));
  const change = (known: Known, isActive: boolean) => Object.assign(known, { isActive, changedAtEpochMs: now() });
  const ownerOf = (portalId: OneOfTwo, ownerId: string) => demand(getPortal(state, portalId).owners.get(ownerId));

  function hire(portalId: OneOfTwo, person: Person): string {
    const id = idsOf(portalId).owner();
    const userId = Number(idsOf(portalId).user());
    const firstName = nameOf(portalId, person);
    addActiveOwner(state, portalId, { id, userId, email: emailOf(person), firstName, lastName: '' });
    return id;
  }

  for (const portalId of TWO_PORTALS) {
    for (const person of PEOPLE) {
      const known = { ids: [hire(portalId, person)], isActive: true, changedAtEpochMs: now() };
      everybody.set(`${portalId} ${person}`, known);
    }
  }

  return {
    find,
    ownerIdOf: (portalId: OneOfTwo, person: Person): string => demand(find(portalId, person).ids.at(-1)),

    leave(portalId: OneOfTwo, person: Person): void {
      const known = find(portalId, person);
      if (!known.isActive) return;
      deactivateOwner(state, portalId, demand(known.ids.at(-1)));
      change(known, false);
    },

    comeBack(portalId: OneOfTwo, person: Person): void {
      const known = find(portalId, person);
      const owner = ownerOf(portalId, demand(known.ids.at(-1)));
      Object.assign(owner, { archived: false, firstName: nameOf(portalId, person) });
      change(known, true);
    },

    /** Somebody else gets the email, and another owner id with it. */
    replace(portalId: OneOfTwo, person: Person): void {
      const known = find(portalId, person);
      deactivateOwner(state, portalId, demand(known.ids.at(-1)));
      known.ids.push(hire(portalId, person));
      change(known, true);
    },

    addContact(portalId: OneOfTwo, owner: string): string {
      const properties: Record<string, string> = owner === '' ? {} : { hubspot_owner_id: owner };
      return addRecord(state, portalId, { typeId: '0-1', id: idsOf(portalId).record(), properties }).id;
    },
  };
}

export type PortalPeople = ReturnType<typeof createPortalPeople>;

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the model does not know this');
  return value;
}
