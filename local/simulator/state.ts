import type { AppInstall, SimulatedApp } from './apps.ts';
import { type BlockedExecutions, createBlockedExecutions } from './blocked-executions.ts';
import { createIdRegistry, type IdRegistry } from './ids.ts';
import type { UploadedProject } from './project-files.ts';

export type Team = { readonly id: string; readonly name: string; readonly primary: boolean };

export type SimulatedOwner = {
  readonly id: string;
  readonly type: 'PERSON' | 'QUEUE';
  /** Undefined for queues. People keep theirs after deactivation, as a rule. */
  userId: number | undefined;
  email: string | undefined;
  firstName: string;
  lastName: string;
  archived: boolean;
  teams: readonly Team[];
  /** Listed instead of the owner's own row: an unexpected shape. `null` is one. */
  row?: unknown;
  readonly createdAtEpochMs: number;
  updatedAtEpochMs: number;
};

/** What the account's settings know about a person. */
export type SimulatedUser = {
  /** The one of the settings and of `hs_internal_user_id`: neither the record's id nor an owner id. */
  readonly userId: number;
  /** `hs_object_id` of the person's record of type `0-115`. */
  readonly recordId: string;
  readonly email: string;
  readonly roleIds: readonly string[];
  readonly seatNames: readonly string[];
  readonly superAdmin: boolean;
  readonly primaryTeamId: string | undefined;
  readonly secondaryTeamIds: readonly string[];
};

/** A rule that an administrator put on a property: HubSpot enforces it on every write path since 2026-09. */
type ValidationRule = {
  readonly code: string;
  readonly message: string;
  readonly accepts: (value: string) => boolean;
};

export type PropertyDefinition = {
  readonly name: string;
  /** What people see. Default: the name. */
  readonly label?: string;
  /** Default: an enumeration for properties that reference owners or have options, else a string. */
  readonly type?: 'string' | 'number' | 'datetime' | 'enumeration';
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly referencedObjectType?: 'OWNER';
  /** Holds several people, joined by `;` (properties guide, read 2026-11-26): `fieldType` is then `checkbox`. */
  readonly several?: boolean;
  /** Kept out of HubSpot's own pages. */
  readonly hidden?: boolean;
  readonly archived?: boolean;
  /** Its definition says that its value cannot be set. */
  readonly readOnly?: boolean;
  /** Filled by HubSpot: its value cannot be set either. */
  readonly calculated?: boolean;
  /** What the list has in this property's place: a row of an unexpected shape. Records still have the property. */
  readonly oddRow?: unknown;
  /** May be named by `idProperty`. */
  readonly unique?: boolean;
  readonly validationRule?: ValidationRule;
};

/** One value that a property had, from then on. */
type PropertyVersion = { readonly value: string; readonly atEpochMs: number; readonly sourceType: string };

export type SimulatedRecord = {
  readonly id: string;
  /** Changed by `changeProperties` only, which keeps the history. */
  readonly properties: Map<string, string>;
  /** By property, oldest first. */
  readonly history: Map<string, PropertyVersion[]>;
  readonly createdAtEpochMs: number;
  updatedAtEpochMs: number;
  archived: boolean;
  /** A heavy sync holds the record: HubSpot answers 423. */
  locked: boolean;
};

export type ObjectType = {
  readonly typeId: string;
  /** `contacts`, or the bare name of a custom object, which HubSpot no longer accepts in a path. */
  readonly name: string;
  readonly fullyQualifiedName: string | undefined;
  readonly readScope: string;
  readonly writeScope: string;
  /** Enough to read the property definitions, as `readScope` is; undefined for types without such a scope. */
  readonly schemaScope: string | undefined;
  readonly properties: Map<string, PropertyDefinition>;
  readonly defaultProperties: readonly string[];
  readonly records: Map<string, SimulatedRecord>;
  /** Old record id → the id of the record it was merged into. */
  readonly mergedInto: Map<string, string>;
};

export type TokenGrant = {
  readonly scopes: ReadonlySet<string>;
  /** A private app's token loses its powers together with the person who created it. */
  creatorLostPermissions: boolean;
  /** Left out for static tokens, which never expire. */
  readonly oauth?: { readonly install: AppInstall; readonly userId: number; readonly expiresAtEpochMs: number };
};

export type Portal = {
  readonly portalId: number;
  readonly timeZone: string;
  readonly accountType: string;
  readonly uiDomain: string;
  readonly tokens: Map<string, TokenGrant>;
  readonly owners: Map<string, SimulatedOwner>;
  /** By user id. Names, email and availability are on the record of type `0-115`. */
  readonly users: Map<string, SimulatedUser>;
  readonly objectTypes: Map<string, ObjectType>;
  /** Set while the account moves to another data centre: HubSpot answers 477 with this wait. */
  migrationRetryAfterSeconds: number | undefined;
  /** What the account's subscription offers to apps; undefined: everything. */
  availableScopes: ReadonlySet<string> | undefined;
};

/**
 * What becomes of somebody's email when they are deactivated. All of it has been seen, and HubSpot documents none of it (read
 * 2026-11-26). `blanksAll`: also what says which user they were. `vanishes`: the whole row does, from both listings.
 */
const DEACTIVATIONS = ['keepsEmail', 'blanksEmail', 'blanksAll', 'changesEmail', 'suffixesEmail', 'vanishes'] as const;
export type Deactivation = (typeof DEACTIVATIONS)[number];

export type SimulatorState = {
  readonly portals: Map<number, Portal>;
  /** By client id. */
  readonly apps: Map<string, SimulatedApp>;
  /** What was uploaded last, by project name. */
  readonly projects: Map<string, UploadedProject>;
  readonly ids: IdRegistry;
  /** Of all accounts. */
  readonly blocked: BlockedExecutions;
  readonly now: () => number;
  /** Of whoever is deactivated from now on. */
  deactivation: Deactivation;
};

export function createSimulatorState(now: () => number): SimulatorState {
  const [portals, apps, projects, blocked] = [new Map(), new Map(), new Map(), createBlockedExecutions(now)];
  return { portals, apps, projects, ids: createIdRegistry(), blocked, now, deactivation: 'keepsEmail' };
}

export function getPortal(state: SimulatorState, portalId: number): Portal {
  const portal = state.portals.get(portalId);
  if (portal === undefined) throw new Error(`The simulator has no portal ${portalId}`);
  return portal;
}

export function getApp(state: SimulatorState, clientId: string): SimulatedApp {
  const app = state.apps.get(clientId);
  if (app === undefined) throw new Error('The simulator has no app with this client id');
  return app;
}

export function getObjectType(state: SimulatorState, portalId: number, typeId: string): ObjectType {
  const type = getPortal(state, portalId).objectTypes.get(typeId);
  if (type === undefined) throw new Error(`Portal ${portalId} has no object type ${typeId}`);
  return type;
}

/** Follows a merge: an id that was merged away still leads to the surviving record. */
export function findRecord(type: ObjectType, recordId: string): SimulatedRecord | undefined {
  return type.records.get(type.mergedInto.get(recordId) ?? recordId);
}

/** The portal that a token opens. A token opens one portal only. */
export function findGrant(state: SimulatorState, token: string): { portal: Portal; grant: TokenGrant } | undefined {
  for (const portal of state.portals.values()) {
    const grant = portal.tokens.get(token);
    if (grant !== undefined) return { portal, grant };
  }
  return undefined;
}
