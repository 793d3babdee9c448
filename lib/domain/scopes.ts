/**
 * The permissions of the app, in HubSpot's words (scopes page, read 2026-11-23): the one source of the app's definition in
 * HubSpot, of the consent page's address and of what the install page says is missing.
 */

/** Scopes that serve one end, and what does not work without them, as a sentence for an administrator. */
export type Need = { readonly scopes: readonly string[]; readonly cost: string };

/** What an app with a static token is made for. Such an app can only require scopes, so it asks for these and no more. */
export type AppPurpose = { readonly objects: readonly AppObject[]; readonly features: readonly AppFeature[] };
export const APP_OBJECTS = ['contacts', 'companies', 'deals', 'tickets', 'leads', 'custom'] as const;
type AppObject = (typeof APP_OBJECTS)[number];
/** `queue`: floods wait in our queue. `users`: internal user IDs and who is away. `roles`: roles and seats in explanations. */
export const APP_FEATURES = ['queue', 'users', 'roles'] as const;
type AppFeature = (typeof APP_FEATURES)[number];
export const DEFAULT_PURPOSE: AppPurpose = {
  objects: ['contacts', 'companies', 'deals', 'tickets'],
  features: ['queue'],
};

const OF_OBJECT: Readonly<Record<AppObject, readonly string[]>> = {
  contacts: ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'crm.schemas.contacts.read'],
  companies: ['crm.objects.companies.read', 'crm.objects.companies.write', 'crm.schemas.companies.read'],
  deals: ['crm.objects.deals.read', 'crm.objects.deals.write', 'crm.schemas.deals.read'],
  tickets: ['tickets'],
  leads: ['crm.objects.leads.read', 'crm.objects.leads.write', 'crm.schemas.leads.read'],
  custom: ['crm.objects.custom.read', 'crm.objects.custom.write', 'crm.schemas.custom.read'],
};

const OF_FEATURE: Readonly<Record<AppFeature, readonly string[]>> = {
  queue: ['automation'],
  users: ['crm.objects.users.read'],
  roles: ['settings.users.read'],
};

/** No account can connect the app without granting these. */
const REQUIRED: readonly Need[] = [
  {
    scopes: ['oauth', 'crm.objects.owners.read'],
    cost: 'No owner can be found: every step ends with the error code MISSING_SCOPES.',
  },
];

/**
 * Granted where the account has the hub that they belong to, and left out without a word where it does not. Contacts are among
 * them, because an administrator may want the app for companies or deals alone.
 */
const OPTIONAL: readonly Need[] = [
  records('Contacts', 'crm.objects.contacts.read', 'crm.objects.contacts.write'),
  records('Companies', 'crm.objects.companies.read', 'crm.objects.companies.write'),
  records('Deals', 'crm.objects.deals.read', 'crm.objects.deals.write'),
  records('Leads', 'crm.objects.leads.read', 'crm.objects.leads.write'),
  records('Tickets', 'tickets'),
  records('Custom objects', 'crm.objects.custom.read', 'crm.objects.custom.write'),
  {
    scopes: ['automation'],
    cost: 'When very many records are enrolled at once, a step cannot wait in our queue. HubSpot sends it again later instead.',
  },
  {
    scopes: ['crm.objects.users.read'],
    cost: 'Nobody is found by their internal user ID, and it is not known who is away.',
  },
  {
    scopes: ['settings.users.read'],
    cost: 'Explaining an owner tells nothing of their role and seat.',
  },
  {
    scopes: [
      'crm.schemas.contacts.read',
      'crm.schemas.companies.read',
      'crm.schemas.deals.read',
      'crm.schemas.leads.read',
      'crm.schemas.custom.read',
    ],
    cost: 'The list of owner properties in the workflow editor may be short of some. The default owner property still works.',
  },
];

export const REQUIRED_SCOPES: readonly string[] = REQUIRED.flatMap(({ scopes }) => scopes);
export const OPTIONAL_SCOPES: readonly string[] = OPTIONAL.flatMap(({ scopes }) => scopes);

/** What was not granted, each end with its missing scopes only. Empty when the app can do everything. */
export function findMissing(granted: readonly string[]): Need[] {
  const has = new Set(granted);
  return [...REQUIRED, ...OPTIONAL]
    .map(({ scopes, cost }) => ({ scopes: scopes.filter((scope) => !has.has(scope)), cost }))
    .filter(({ scopes }) => scopes.length > 0);
}

function records(plural: string, ...scopes: readonly string[]): Need {
  return {
    scopes,
    cost: `${plural} cannot be assigned: a step for them ends with the error code MISSING_SCOPES.`,
  };
}

/** The scopes that a static app requires for a purpose, in the order of the purpose. */
export function scopesFor({ objects, features }: AppPurpose): string[] {
  return [
    ...REQUIRED_SCOPES,
    ...objects.flatMap((object) => OF_OBJECT[object]),
    ...features.flatMap((feature) => OF_FEATURE[feature]),
  ];
}

/** The purpose that an app with these scopes was made for: everything whose scopes are all there. */
export function purposeOf(scopes: readonly string[]): AppPurpose {
  const hasAll = (needed: readonly string[]) => needed.every((scope) => scopes.includes(scope));
  return {
    objects: APP_OBJECTS.filter((object) => hasAll(OF_OBJECT[object])),
    features: APP_FEATURES.filter((feature) => hasAll(OF_FEATURE[feature])),
  };
}
