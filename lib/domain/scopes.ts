/**
 * The permissions of the app, in HubSpot's words (scopes page, read 2026-11-23): the one source of the app's definition in
 * HubSpot, of the consent page's address and of what the install page says is missing.
 */

/** Scopes that serve one end, and what does not work without them, as a sentence for an administrator. */
export type Need = { readonly scopes: readonly string[]; readonly cost: string };

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
