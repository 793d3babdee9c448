import { type PortalId, parsePortalId } from '../lib/domain/ids.ts';
import { addActiveOwner, addArchivedOwner, deactivateOwner } from '../local/simulator/seed-owners.ts';
import { addPortal, addToken } from '../local/simulator/seed-portals.ts';
import type { SimulatedOwner, SimulatorState } from '../local/simulator/state.ts';

/** Portals that are all alike, with ids in a row. */
export type PortalSet = {
  readonly firstPortalId: number;
  readonly portals: number;
  readonly active: number;
  readonly archived: number;
};

/** No `crm.objects.users.read`: what is measured is the owners. */
const SCOPES = ['oauth', 'crm.objects.owners.read'];
const CHANGED_SHARE = 0.01;

export function tokensOf(set: PortalSet): Map<PortalId, string> {
  return new Map(portalNumbers(set).map((portal) => [toPortalId(portal), tokenOf(portal)]));
}

export function toPortalId(portal: number): PortalId {
  const id = parsePortalId(portal);
  if (id === undefined) throw new Error(`${portal} is no portal id`);
  return id;
}

export function seedPortals(state: SimulatorState, set: PortalSet): void {
  for (const portalId of portalNumbers(set)) {
    addPortal(state, { portalId });
    addToken(state, portalId, tokenOf(portalId), SCOPES);
    for (let index = 0; index < set.active; index += 1) {
      addActiveOwner(state, portalId, { email: `rep-${index}@example.com`, firstName: 'Rep', lastName: String(index) });
    }
    for (let index = 0; index < set.archived; index += 1) {
      addArchivedOwner(state, portalId, { email: `leaver-${index}@example.com` });
    }
  }
}

/** What happens between two nights to one owner in a hundred: a new name, a new email, or good-bye, in turn. */
export function changeSome(state: SimulatorState): number {
  let changed = 0;
  for (const { portalId, owners } of state.portals.values()) {
    const active = [...owners.values()].filter(({ archived }) => !archived);
    for (const owner of active.slice(0, Math.ceil(owners.size * CHANGED_SHARE))) {
      change(state, portalId, owner, changed);
      changed += 1;
    }
  }
  return changed;
}

function change(state: SimulatorState, portalId: number, owner: SimulatedOwner, turn: number): void {
  if (turn % 3 === 0) owner.lastName = `${owner.lastName} Newname`;
  else if (turn % 3 === 1) owner.email = `new-${owner.email ?? ''}`;
  else deactivateOwner(state, portalId, owner.id);
}

function portalNumbers({ firstPortalId, portals }: PortalSet): number[] {
  return Array.from({ length: portals }, (_, index) => firstPortalId + index);
}

function tokenOf(portal: number): string {
  return `pat-bench-${portal}`;
}
