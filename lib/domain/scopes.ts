import type { ObjectTypeId } from './ids.ts';

/**
 * The permissions of the app, in HubSpot's words (scopes page, read 2026-11-23). The app's definition in HubSpot, the address of
 * the consent page and the missing permissions on the install page all come from here.
 */

/** Scopes that serve one purpose: which they are, and what does not work without them, as texts for an administrator. */
export type Need = {
  readonly permission: Permission;
  readonly scopes: readonly string[];
  readonly purpose: string;
  readonly cost: string;
};

/** What an administrator grants: `owners` is required, `schemas` are the properties of every object. */
export type Permission = 'owners' | AppObject | FeatureWithScopes | 'schemas';

/** What an app with a static token is for. Such an app can only have required scopes, so it asks for these and no others. */
export type AppPurpose = { readonly objects: readonly AppObject[]; readonly features: readonly AppFeature[] };
export const APP_OBJECTS = ['contacts', 'companies', 'deals', 'tickets', 'leads', 'custom'] as const;
type AppObject = (typeof APP_OBJECTS)[number];
/**
 * `queue`: floods wait in our queue. `users`: internal user IDs and who is away. `roles`: roles and seats in explanations.
 * `handover`: the records of every object that may have owners, because somebody who leaves may own any of them.
 */
export const APP_FEATURES = ['queue', 'users', 'roles', 'handover'] as const;
type AppFeature = (typeof APP_FEATURES)[number];
/** Handovers have no scope of their own: they need those of the objects. */
type FeatureWithScopes = Exclude<AppFeature, 'handover'>;
export const DEFAULT_PURPOSE: AppPurpose = {
  objects: ['contacts', 'companies', 'deals', 'tickets'],
  features: ['queue', 'roles'],
};

type ObjectScopes = {
  readonly object: AppObject;
  /** Absent for custom objects: each has its own. */
  readonly typeId: ObjectTypeId | undefined;
  readonly plural: string;
  /** The scopes to read records, and to write them if that is a separate scope. */
  readonly records: readonly [read: string, ...write: string[]];
  readonly schema: readonly string[];
};

/** Tickets have one scope for everything. */
const OF_OBJECT: Readonly<Record<AppObject, ObjectScopes>> = {
  contacts: scopesOf('Contacts', 'contacts', '0-1'),
  companies: scopesOf('Companies', 'companies', '0-2'),
  deals: scopesOf('Deals', 'deals', '0-3'),
  leads: scopesOf('Leads', 'leads', '0-136'),
  tickets: { object: 'tickets', typeId: '0-5' as ObjectTypeId, plural: 'Tickets', records: ['tickets'], schema: [] },
  custom: scopesOf('Custom objects', 'custom'),
};

/** The standard objects whose owners the app can be permitted to set: what handovers look through and the doctor tries. */
export const STANDARD_OBJECTS = APP_OBJECTS.flatMap((object) => {
  const { typeId, records } = OF_OBJECT[object];
  return typeId === undefined ? [] : [{ typeId, records }];
});

const OF_FEATURE: Readonly<Record<FeatureWithScopes, Need>> = {
  queue: {
    permission: 'queue',
    scopes: ['automation'],
    purpose: 'Let steps wait in our queue',
    cost: 'When very many records are enrolled at once, a step cannot wait in our queue. HubSpot retries it instead.',
  },
  users: {
    permission: 'users',
    scopes: ['crm.objects.users.read'],
    purpose: 'Know internal user IDs and who is away',
    cost: 'Nobody is found by their internal user ID, and it is not known who is away.',
  },
  roles: {
    permission: 'roles',
    scopes: ['settings.users.read'],
    purpose: 'Know roles and seats, and who is a super admin',
    cost: 'The explanation of an owner lacks their role and seat, and nobody can change anything on the settings page.',
  },
};

/** No account can connect the app without granting these. */
const REQUIRED: readonly Need[] = [
  {
    permission: 'owners',
    scopes: ['oauth', 'crm.objects.owners.read'],
    purpose: 'Connect the account and find owners',
    cost: 'No owner can be found: every step ends with the error code MISSING_SCOPES.',
  },
];

/**
 * Granted if the account has the hub that they belong to, and left out silently if it does not. Contacts are optional, because an
 * administrator may want the app for companies or deals alone.
 */
const OPTIONAL: readonly Need[] = [
  ...Object.values(OF_OBJECT).map(({ object, plural, records }) => ({
    permission: object,
    scopes: records,
    purpose: `Assign ${plural.toLowerCase()}`,
    cost: `${plural} cannot be assigned: a step for them ends with the error code MISSING_SCOPES. Handovers leave them out.`,
  })),
  ...Object.values(OF_FEATURE),
  {
    permission: 'schemas',
    scopes: Object.values(OF_OBJECT).flatMap(({ schema }) => schema),
    purpose: 'List owner properties in the workflow editor',
    cost: 'The list of owner properties in the workflow editor may be short of some. The default owner property still works.',
  },
];

export const REQUIRED_SCOPES: readonly string[] = REQUIRED.flatMap(({ scopes }) => scopes);
export const OPTIONAL_SCOPES: readonly string[] = OPTIONAL.flatMap(({ scopes }) => scopes);

/** What was not granted, each purpose with its missing scopes only. Empty if the app can do everything. */
export function findMissing(granted: readonly string[]): Need[] {
  const has = new Set(granted);
  return [...REQUIRED, ...OPTIONAL]
    .map((need) => ({ ...need, scopes: need.scopes.filter((scope) => !has.has(scope)) }))
    .filter(({ scopes }) => scopes.length > 0);
}

/** Nothing works without it. */
export function isRequired({ permission }: Pick<Need, 'permission'>): boolean {
  return REQUIRED.some((need) => need.permission === permission);
}

/** The permissions whose scopes were all granted. */
export function findGranted(granted: readonly string[]): Permission[] {
  const missing = new Set(findMissing(granted).map(({ permission }) => permission));
  return [...REQUIRED, ...OPTIONAL]
    .map(({ permission }) => permission)
    .filter((permission) => !missing.has(permission));
}

function scopesOf(plural: string, object: AppObject, typeId?: string): ObjectScopes {
  return {
    object,
    typeId: typeId as ObjectTypeId | undefined,
    plural,
    records: [`crm.objects.${object}.read`, `crm.objects.${object}.write`],
    schema: [`crm.schemas.${object}.read`],
  };
}

function scopesOfObject(object: AppObject): readonly string[] {
  const { records, schema } = OF_OBJECT[object];
  return [...records, ...schema];
}

function scopesOfFeature(feature: AppFeature): readonly string[] {
  return feature === 'handover' ? APP_OBJECTS.flatMap(scopesOfObject) : OF_FEATURE[feature].scopes;
}

/** The scopes that a static app requires for a purpose, in the order of the purpose, each once. */
export function scopesFor({ objects, features }: AppPurpose): string[] {
  return [...new Set([...REQUIRED_SCOPES, ...objects.flatMap(scopesOfObject), ...features.flatMap(scopesOfFeature)])];
}

/** The purpose of an app with these scopes: everything whose scopes are all there. */
export function purposeOf(scopes: readonly string[]): AppPurpose {
  const hasAll = (needed: readonly string[]) => needed.every((scope) => scopes.includes(scope));
  return {
    objects: APP_OBJECTS.filter((object) => hasAll(scopesOfObject(object))),
    features: APP_FEATURES.filter((feature) => hasAll(scopesOfFeature(feature))),
  };
}
