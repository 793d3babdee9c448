import { addRecord } from './seed-records.ts';
import { getObjectType, getPortal, type SimulatedOwner, type SimulatedUser, type SimulatorState } from './state.ts';
import { USERS_TYPE_ID } from './user-properties.ts';

export type Availability = 'available' | 'away';

export type UserSpec = {
  /** Left out: a user without an owner. Email, names and teams are the owner's unless given. */
  readonly owner?: SimulatedOwner;
  /** Only without an owner: an owner has a user id already. */
  readonly userId?: number;
  readonly recordId?: string;
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** `unset`: HubSpot holds no value. Default `available`. */
  readonly availability?: Availability | 'unset';
  readonly jobTitle?: string;
  readonly roleIds?: readonly string[];
  readonly seatNames?: readonly string[];
  readonly superAdmin?: boolean;
};

function chooseUserId(state: SimulatorState, { owner, userId }: UserSpec): number {
  if (owner !== undefined) {
    if (userId !== undefined) throw new Error(`Owner ${owner.id} brings a user id: userId cannot be given as well`);
    if (owner.userId === undefined) throw new Error(`Owner ${owner.id} is a queue: it has no user`);
    return owner.userId;
  }
  return Number(userId === undefined ? state.ids.next('user') : state.ids.claim('user', String(userId)));
}

/** A person with a login: a record of type `0-115`, and an entry in the settings. */
export function addUser(state: SimulatorState, portalId: number, spec: UserSpec = {}): SimulatedUser {
  const { users } = getPortal(state, portalId);
  const userId = chooseUserId(state, spec);
  if (users.has(String(userId))) throw new Error(`Portal ${portalId} has a user ${userId} already`);
  const { owner, availability = 'available', recordId, jobTitle } = spec;
  const email = spec.email ?? owner?.email ?? `user-${userId}@example.com`;
  const record = addRecord(state, portalId, {
    typeId: USERS_TYPE_ID,
    ...(recordId === undefined ? {} : { id: recordId }),
    properties: {
      hs_internal_user_id: String(userId),
      hs_email: email,
      hs_given_name: spec.firstName ?? owner?.firstName ?? 'Ada',
      hs_family_name: spec.lastName ?? owner?.lastName ?? 'Example',
      ...(owner === undefined ? {} : { hubspot_owner_id: owner.id }),
      ...(availability === 'unset' ? {} : { hs_availability_status: availability }),
      ...(jobTitle === undefined ? {} : { hs_job_title: jobTitle }),
    },
  });
  const teams = owner?.teams ?? [];
  const user: SimulatedUser = {
    userId,
    recordId: record.id,
    email,
    roleIds: spec.roleIds ?? [],
    seatNames: spec.seatNames ?? [],
    superAdmin: spec.superAdmin ?? false,
    primaryTeamId: teams.find((team) => team.primary)?.id,
    secondaryTeamIds: teams.filter((team) => !team.primary).map((team) => team.id),
  };
  users.set(String(userId), user);
  return user;
}

/** The user of an owner, with no other data. */
export function addUserFor(state: SimulatorState, portalId: number, owner: SimulatedOwner): SimulatedUser {
  return addUser(state, portalId, { owner });
}

/** What the person does when they go on holiday or come back. */
export function setAvailability(
  state: SimulatorState,
  portalId: number,
  user: SimulatedUser,
  availability: Availability,
): void {
  const record = getObjectType(state, portalId, USERS_TYPE_ID).records.get(user.recordId);
  if (record === undefined) throw new Error(`Portal ${portalId} has no record of user ${user.userId}`);
  record.properties.set('hs_availability_status', availability);
  record.updatedAtEpochMs = state.now();
}

/** The effect of removing the person from the account: record and settings entry are gone. The owner does not change. */
export function removeUser(state: SimulatorState, portalId: number, user: SimulatedUser): void {
  getObjectType(state, portalId, USERS_TYPE_ID).records.delete(user.recordId);
  getPortal(state, portalId).users.delete(String(user.userId));
}
