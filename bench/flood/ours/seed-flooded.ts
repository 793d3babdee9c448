import { addActiveOwner, addArchivedOwner } from '../../../local/simulator/seed-owners.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { addRecords } from '../../../local/simulator/seed-records.ts';
import type { SimulatorState } from '../../../local/simulator/state.ts';
import { FLOOD } from '../flood.ts';
import type { FloodPortal } from './setup.ts';

export const CONTACTS = '0-1';

export type SeededRecord = {
  readonly portalId: number;
  readonly id: string;
  readonly email: string;
  /** Whom the email stands for in this portal. */
  readonly ownerId: string;
};

/** The portals with their people, and records that nobody owns yet; every owner is to get the same number of them. */
export function seedFlooded(
  state: SimulatorState,
  portals: readonly FloodPortal[],
): ReadonlyMap<number, readonly SeededRecord[]> {
  return new Map(portals.map((portal) => [portal.portalId, seedPortal(state, portal)]));
}

function seedPortal(state: SimulatorState, { portalId, token, records, owners: active }: FloodPortal): SeededRecord[] {
  addPortal(state, { portalId, token });
  const owners = Array.from({ length: active }, (_, index) => {
    const email = `rep-${index + 1}@example.com`;
    return { email, ownerId: addActiveOwner(state, portalId, { email }).id };
  });
  for (let index = 0; index < FLOOD.archivedOwners; index += 1) {
    addArchivedOwner(state, portalId, { email: `leaver-${index + 1}@example.com` });
  }
  return addRecords(state, portalId, CONTACTS, records).flatMap(({ id }, index) => {
    const owner = owners[index % owners.length];
    return owner === undefined ? [] : [{ portalId, id, ...owner }];
  });
}
