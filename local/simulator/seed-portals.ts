import {
  ALL_SCOPES,
  CUSTOM_READ_SCOPE,
  CUSTOM_SCHEMA_SCOPE,
  CUSTOM_WRITE_SCOPE,
  createObjectType,
  createStandardTypes,
} from './object-types.ts';
import {
  findGrant,
  getObjectType,
  getPortal,
  type ObjectType,
  type Portal,
  type PropertyDefinition,
  type SimulatorState,
  type TokenGrant,
} from './state.ts';

export type PortalSpec = {
  readonly portalId?: number;
  readonly timeZone?: string;
  readonly accountType?: string;
  readonly uiDomain?: string;
  /** What the account's subscription offers to apps. Left out: everything. */
  readonly availableScopes?: ReadonlySet<string>;
  /** A token with every scope. */
  readonly token?: string;
};

export function addPortal(state: SimulatorState, spec: PortalSpec = {}): Portal {
  const portalId =
    spec.portalId === undefined
      ? Number(state.ids.next('portal'))
      : Number(state.ids.claim('portal', String(spec.portalId)));
  if (state.portals.has(portalId)) throw new Error(`Portal ${portalId} exists already`);
  const portal: Portal = {
    portalId,
    timeZone: spec.timeZone ?? 'Europe/Berlin',
    accountType: spec.accountType ?? 'STANDARD',
    uiDomain: spec.uiDomain ?? 'app.hubspot.com',
    tokens: new Map(),
    owners: new Map(),
    users: new Map(),
    objectTypes: createStandardTypes(),
    migrationRetryAfterSeconds: undefined,
    availableScopes: spec.availableScopes,
  };
  state.portals.set(portalId, portal);
  if (spec.token !== undefined) addToken(state, portalId, spec.token);
  return portal;
}

/** @throws when the token is in use already: a token opens one portal only */
export function addToken(
  state: SimulatorState,
  portalId: number,
  token: string,
  scopes: readonly string[] = ALL_SCOPES,
): TokenGrant {
  if (findGrant(state, token) !== undefined) throw new Error('This token is in use already');
  const grant: TokenGrant = { scopes: new Set(scopes), creatorLostPermissions: false };
  getPortal(state, portalId).tokens.set(token, grant);
  return grant;
}

/** The effect of an uninstall or a rotation: the token gets a 401 from now on. */
export function revokeToken(state: SimulatorState, portalId: number, token: string): void {
  getPortal(state, portalId).tokens.delete(token);
}

export type CustomObjectTypeSpec = {
  /** `2-…` */
  readonly typeId: string;
  readonly name: string;
  /** False for custom objects without ownership: they have no `hubspot_owner_id`. */
  readonly hasOwner?: boolean;
};

/** The fully qualified name is `p<portalId>_<name>`, as HubSpot builds it. */
export function addCustomObjectType(state: SimulatorState, portalId: number, spec: CustomObjectTypeSpec): ObjectType {
  if (!/^2-\d+$/.test(spec.typeId)) throw new Error(`Custom object type id ${spec.typeId} must look like 2-123`);
  const type = createObjectType({
    typeId: spec.typeId,
    name: spec.name,
    fullyQualifiedName: `p${portalId}_${spec.name}`,
    readScope: CUSTOM_READ_SCOPE,
    writeScope: CUSTOM_WRITE_SCOPE,
    schemaScope: CUSTOM_SCHEMA_SCOPE,
    defaultProperties: ['name'],
    hasOwner: spec.hasOwner ?? true,
  });
  getPortal(state, portalId).objectTypes.set(type.typeId, type);
  return type;
}

/** Adds a property, or replaces the one of that name. */
export function addProperty(
  state: SimulatorState,
  portalId: number,
  typeId: string,
  definition: PropertyDefinition,
): void {
  getObjectType(state, portalId, typeId).properties.set(definition.name, definition);
}
