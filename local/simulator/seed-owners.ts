import { toOwnerRow } from './owner-rows.ts';
import { type Deactivation, getPortal, type SimulatedOwner, type SimulatorState, type Team } from './state.ts';

export type PersonSpec = {
  readonly id?: string;
  readonly userId?: number;
  /** Left out: an owner without an email. */
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly teams?: readonly { readonly name: string; readonly primary: boolean }[];
};

const MAX_INT32 = 2_147_483_647;

function insertOwner(
  state: SimulatorState,
  portalId: number,
  id: string | undefined,
  owner: Omit<SimulatedOwner, 'id' | 'createdAtEpochMs' | 'updatedAtEpochMs'>,
): SimulatedOwner {
  const { owners } = getPortal(state, portalId);
  const ownerId = id === undefined ? state.ids.next('owner') : state.ids.claim('owner', id);
  if (owners.has(ownerId)) throw new Error(`Portal ${portalId} has an owner ${ownerId} already`);
  if (Number(ownerId) > MAX_INT32) throw new Error(`Owner id ${ownerId} does not fit an int32`);
  const at = state.now();
  const stored = { ...owner, id: ownerId, createdAtEpochMs: at, updatedAtEpochMs: at };
  owners.set(ownerId, stored);
  return stored;
}

/** The same `userId` may be given in several portals: people keep theirs wherever they work. */
export function addActiveOwner(state: SimulatorState, portalId: number, spec: PersonSpec = {}): SimulatedOwner {
  const userId =
    spec.userId === undefined ? Number(state.ids.next('user')) : Number(state.ids.claim('user', String(spec.userId)));
  const teams: readonly Team[] = (spec.teams ?? []).map((team) => ({ id: state.ids.next('team'), ...team }));
  return insertOwner(state, portalId, spec.id, {
    type: 'PERSON',
    userId,
    email: spec.email,
    firstName: spec.firstName ?? 'Ada',
    lastName: spec.lastName ?? 'Example',
    archived: false,
    teams,
  });
}

/** Deactivated: names are blank and `userId` is null, while `userIdIncludingInactive` stays. */
export function addArchivedOwner(state: SimulatorState, portalId: number, spec: PersonSpec = {}): SimulatedOwner {
  const owner = addActiveOwner(state, portalId, spec);
  deactivateOwner(state, portalId, owner.id, 'keepsEmail');
  return owner;
}

/** A queue of a connected system: an owner without a user. */
export function addQueueOwner(
  state: SimulatorState,
  portalId: number,
  spec: Pick<PersonSpec, 'id' | 'email' | 'firstName'> = {},
): SimulatedOwner {
  return insertOwner(state, portalId, spec.id, {
    type: 'QUEUE',
    userId: undefined,
    email: spec.email,
    firstName: spec.firstName ?? 'Queue',
    lastName: '',
    archived: false,
    teams: [],
  });
}

/** Several active people under one email. */
export function addOwnersSharingEmail(
  state: SimulatorState,
  portalId: number,
  email: string,
  count: number,
): SimulatedOwner[] {
  return Array.from({ length: count }, () => addActiveOwner(state, portalId, { email }));
}

function getOwner(state: SimulatorState, portalId: number, ownerId: string): SimulatedOwner {
  const owner = getPortal(state, portalId).owners.get(ownerId);
  if (owner === undefined) throw new Error(`Portal ${portalId} has no owner ${ownerId}`);
  return owner;
}

/** A company's new domain, a marriage: the owner stays who they are. */
export function renameOwner(state: SimulatorState, portalId: number, ownerId: string, email: string): void {
  Object.assign(getOwner(state, portalId, ownerId), { email, updatedAtEpochMs: state.now() });
}

/** Lists another row for an owner: their own with other members, or any value that is not an object. */
export function spoilOwnerRow(state: SimulatorState, portalId: number, ownerId: string, change: unknown): void {
  const owner = getOwner(state, portalId, ownerId);
  const isObject = typeof change === 'object' && change !== null && !Array.isArray(change);
  owner.row = isObject ? { ...toOwnerRow(owner), ...change } : change;
}

/** The effect of deactivating the user on the owner. Records keep it (owners guide, read 2026-11-23). */
export function deactivateOwner(
  state: SimulatorState,
  portalId: number,
  ownerId: string,
  how: Deactivation = state.deactivation,
): void {
  const owner = getOwner(state, portalId, ownerId);
  if (how === 'vanishes') getPortal(state, portalId).owners.delete(ownerId);
  if (how === 'blanksEmail' || how === 'blanksAll') owner.email = undefined;
  if (how === 'changesEmail') owner.email = `deactivated-user-${owner.userId}@example.com`;
  if (how === 'suffixesEmail') owner.email = owner.email && `${owner.email}.invalid`;
  if (how === 'blanksAll') owner.userId = undefined;
  owner.archived = true;
  owner.firstName = '';
  owner.lastName = '';
  owner.teams = [];
  owner.updatedAtEpochMs = state.now();
}
