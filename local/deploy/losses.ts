import { isSecretReference } from '../../lib/config/secrets.ts';
import { SECRET_VARIABLES } from '../../lib/config/variables.ts';
import { holds, literalsOf, madeResources, type Template, variablesOf } from './template.ts';

/** Something that works now and would not after the deployment. */
export type Loss = {
  /** The value for `--allow-loss`: the name of a condition, a variable or a resource in the templates. */
  readonly name: string;
  readonly detail: string;
};

export type Deployed = {
  readonly template: Template;
  /** Logical IDs of the resources that exist. */
  readonly resources: ReadonlySet<string>;
};

/**
 * Another value of these means other accounts, another address, other data or tokens for others. The templates do not show that.
 */
const IDENTITY = new Set([
  'HUBSPOT_API_BASE_URL',
  'HUBSPOT_CLIENT_ID',
  'HUBSPOT_PORTAL_ID',
  'PUBLIC_BASE_URL',
  'TABLE_NAME',
  'TOKEN_KMS_KEY_ID',
]);

/** What the deployed stack has and the packaged template lacks, according to both templates; nothing is listed twice. */
export function findLosses(deployed: Deployed, packaged: Template): readonly Loss[] {
  const conditions = lostConditions(deployed, packaged);
  const variables = lostVariables(deployed.template, packaged);
  // The client ID is a condition, too. The name of its variable says more than the name of the condition.
  const told = conditions.filter(
    ({ values, resources }) => resources.length > 0 || !variables.some(({ was }) => values.includes(was)),
  );
  const explains = (was: string) => told.some(({ values }) => values.some((value) => was.includes(value)));
  return [
    ...told.map(describeCondition),
    ...variables.filter(({ was }) => !explains(was)).map(describeVariable),
    ...lostForGood(deployed, packaged, new Set(told.flatMap(({ resources }) => resources))),
  ];
}

type LostCondition = {
  readonly name: string;
  readonly values: readonly string[];
  readonly resources: readonly string[];
};

/** A condition in the templates marks something that exists only because a value was given. */
function lostConditions({ template, resources }: Deployed, packaged: Template): readonly LostCondition[] {
  const made = madeResources(packaged);
  return Object.keys(template.Conditions ?? {})
    .filter((name) => holds(template, name) && !holds(packaged, name))
    .map((name) => ({
      name,
      values: literalsOf(template, name),
      resources: Object.entries(template.Resources)
        .filter(([id, { Condition }]) => Condition === name && resources.has(id) && !made.has(id))
        .map(([id]) => id),
    }));
}

function describeCondition({ name, values, resources }: LostCondition): Loss {
  const given = values.map((value) => `"${value}"`).join(', ');
  const effect = resources.length > 0 ? `; this deletes ${resources.join(', ')}` : '';
  return { name, detail: `${given} is not given any more${effect}` };
}

type LostVariable = { readonly name: string; readonly was: string; readonly is: string };

function lostVariables(template: Template, packaged: Template): readonly LostVariable[] {
  const now = inUse(packaged);
  return [...inUse(template)]
    .map(([name, was]) => ({ name, was, is: now.get(name) ?? '' }))
    .filter(({ name, was, is }) => was !== '' && was !== is && (is === '' || IDENTITY.has(name)));
}

/** With a client ID, accounts install the app, and the account of the static token is no longer connected. */
function inUse(template: Template): ReadonlyMap<string, string> {
  const variables = variablesOf(template);
  return variables.get('HUBSPOT_CLIENT_ID') ? new Map([...variables, ['HUBSPOT_PORTAL_ID', '']]) : variables;
}

function describeVariable({ name, was, is }: LostVariable): Loss {
  const secrets: readonly string[] = SECRET_VARIABLES;
  const shown = secrets.includes(name) && !isSecretReference(was) ? 'set' : was;
  return { name, detail: `is ${shown} now and would be ${is === '' ? 'empty' : is}` };
}

/** The templates mark what must outlive the stack. Outside the stack, the next deployment creates another one. */
function lostForGood(
  { template, resources }: Deployed,
  packaged: Template,
  told: ReadonlySet<string>,
): readonly Loss[] {
  const made = madeResources(packaged);
  return Object.entries(template.Resources)
    .filter(([id, { DeletionPolicy }]) => DeletionPolicy === 'Retain' && resources.has(id))
    .filter(([id]) => !made.has(id) && !told.has(id))
    .map(([name, { Type }]) => ({ name, detail: `${Type} would leave the stack, and what is kept in it with it` }));
}

/** Names of variables whose value changes without a loss. The values may be secret, so they are not shown. */
export function findChanges(deployed: Template, packaged: Template): readonly string[] {
  const [before, after] = [variablesOf(deployed), variablesOf(packaged)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => (before.get(name) ?? '') !== (after.get(name) ?? '')).sort();
}

/**
 * Whether two templates are equal. The folder of the uploaded packages is named after the time. Nothing in a template shows whether
 * the code of a function changed.
 */
export function isSameStack(deployed: Template, packaged: Template): boolean {
  return withoutFolders(deployed) === withoutFolders(packaged);
}

function withoutFolders(template: Template): string {
  return JSON.stringify(sortKeys(template)).replace(/"S3Key":"[^"]*\//g, '"S3Key":"');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
