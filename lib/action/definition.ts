import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../domain/assignment.ts';
import { ERROR_CODES, MATCHED_BY, type MatchedBy, OUTCOMES, type Outcome } from '../domain/outcome.ts';
import { STANDARD_OWNER_PROPERTY } from '../domain/owner-property.ts';

/**
 * The two workflow actions, as data. The HubSpot project in `hubspot/`, the request and response schemas and the tables in the
 * documentation come from here. Texts are in `labels/`, so that no bundle contains them.
 *
 * Vocabulary: HubSpot's action definition (custom workflow actions guide and OpenAPI 2026-09, read 2026-11-23).
 */
export type InputField = {
  readonly name: string;
  readonly type: 'string' | 'enumeration';
  readonly fieldType: 'text' | 'select';
  readonly required: boolean;
  /** `OBJECT_PROPERTY` covers properties of the enrolled record and outputs of earlier actions. */
  readonly supportedValueTypes: readonly ('STATIC_VALUE' | 'OBJECT_PROPERTY')[];
  readonly options?: readonly string[];
  /** The editor requests the options from this route, because they differ by account and object. */
  readonly optionsRoute?: `/${string}`;
  /** HubSpot shows its own owner picker and sends an owner ID. */
  readonly referencedObjectType?: 'OWNER';
  /** The editor shows this field only if another one has this value. */
  readonly shownWhen?: { readonly field: string; readonly equals: string };
};

export type OutputField = {
  readonly name: string;
  readonly type: 'string' | 'enumeration';
  readonly options?: readonly string[];
};

/** HubSpot shows the text of the first rule whose outputs all have one of the listed values. */
type ExecutionRule = {
  readonly labelName: string;
  readonly conditions: Readonly<Record<string, readonly string[]>>;
};

export type ActionDefinition = {
  /** The permanent identity of the action in the HubSpot project: renaming it creates a new action. */
  readonly uid: string;
  readonly route: `/${string}`;
  readonly inputFields: readonly InputField[];
  readonly outputFields: readonly OutputField[];
  readonly executionRules: readonly ExecutionRule[];
  /** Properties that HubSpot is asked to send with each execution. */
  readonly requestedProperties: readonly string[];
};

export const DEFAULT_OWNER_PROPERTY = STANDARD_OWNER_PROPERTY;
export const OWNER_PROPERTIES_ROUTE = '/options/owner-properties';

const OWNER_EMAIL = {
  name: 'ownerEmail',
  type: 'string',
  fieldType: 'text',
  required: true,
  supportedValueTypes: ['STATIC_VALUE', 'OBJECT_PROPERTY'],
} as const satisfies InputField;

const OPTIONAL_CHOICE = {
  type: 'enumeration',
  fieldType: 'select',
  required: false,
  supportedValueTypes: ['STATIC_VALUE'],
} as const satisfies Partial<InputField>;

const SET_OWNER_INPUTS = [
  OWNER_EMAIL,
  { name: 'ownerProperty', ...OPTIONAL_CHOICE, optionsRoute: OWNER_PROPERTIES_ROUTE },
  { name: 'overwrite', ...OPTIONAL_CHOICE, options: OVERWRITE },
  { name: 'ifNotAssignable', ...OPTIONAL_CHOICE, options: IF_NOT_ASSIGNABLE },
  {
    name: 'fallbackOwner',
    ...OPTIONAL_CHOICE,
    referencedObjectType: 'OWNER',
    shownWhen: { field: 'ifNotAssignable', equals: 'FALLBACK' },
  },
] as const satisfies readonly InputField[];

/** The result in more detail than the outcome. Workflows branch on it, and the history chooses its sentence by it. */
const REASONS = ['REPLACED', 'SUCCESSOR', 'SUCCESSOR_REPLACED', 'SET_TO_KEEP', 'CHANGED_SINCE'] as const;
export type Reason = (typeof REASONS)[number];

/** All of them are in every answer, always as strings. */
export const OUTPUT_FIELDS = [
  { name: 'outcome', type: 'enumeration', options: OUTCOMES },
  { name: 'reason', type: 'enumeration', options: REASONS },
  { name: 'ownerId', type: 'string' },
  { name: 'ownerEmail', type: 'string' },
  { name: 'ownerName', type: 'string' },
  { name: 'userId', type: 'string' },
  { name: 'primaryTeamId', type: 'string' },
  { name: 'primaryTeamName', type: 'string' },
  { name: 'previousOwnerId', type: 'string' },
  { name: 'previousOwnerName', type: 'string' },
  { name: 'substitutedFor', type: 'string' },
  { name: 'substitutedForName', type: 'string' },
  { name: 'matchedBy', type: 'enumeration', options: MATCHED_BY },
  { name: 'matchedEmail', type: 'string' },
  { name: 'resolvedFrom', type: 'enumeration', options: ['CACHE', 'LIVE'] },
  { name: 'ownerDataAgeSeconds', type: 'string' },
  { name: 'errorCode', type: 'enumeration', options: ERROR_CODES },
  { name: 'errorMessage', type: 'string' },
  { name: 'errorDetails', type: 'string' },
] as const satisfies readonly OutputField[];

export type OutputName = (typeof OUTPUT_FIELDS)[number]['name'];

/** Outcomes that carry an error code without having failed come first: the first rule that matches is the one shown. */
export const OUTCOME_RULES_BEFORE_CODES = ['FALLBACK_ASSIGNED', 'CLEARED', 'LEFT_UNCHANGED'] as const;
const OUTCOME_RULES_AFTER_CODES = ['ASSIGNED', 'ALREADY_ASSIGNED', 'KEPT_EXISTING', 'FOUND'] as const;

/** A sentence that is added to the outcome's own, if it applies. */
export type Addition = 'replaced' | 'successor' | 'formerEmail' | 'alias';

export type OutcomeVariant = {
  readonly labelName: string;
  readonly outcome: Outcome;
  readonly additions: readonly Addition[];
  readonly conditions: ExecutionRule['conditions'];
};

const ADDITIONS: Readonly<Partial<Record<Reason, readonly Addition[]>>> = {
  REPLACED: ['replaced'],
  SUCCESSOR: ['successor'],
  SUCCESSOR_REPLACED: ['successor', 'replaced'],
};
const REASONS_OF: Readonly<Partial<Record<Outcome, readonly Reason[]>>> = {
  FALLBACK_ASSIGNED: ['REPLACED'],
  CLEARED: ['REPLACED'],
  ASSIGNED: ['REPLACED', 'SUCCESSOR', 'SUCCESSOR_REPLACED'],
  ALREADY_ASSIGNED: ['SUCCESSOR'],
  FOUND: ['SUCCESSOR'],
};
/** Added if the address is not the owner's own. */
const OTHER_MATCHES = [
  { matchedBy: 'FORMER_EMAIL', addition: 'formerEmail' },
  { matchedBy: 'ALIAS', addition: 'alias' },
] as const satisfies readonly { readonly matchedBy: MatchedBy; readonly addition: Addition }[];
const FOUND_BY_EMAIL: ReadonlySet<Outcome> = new Set<Outcome>(['ASSIGNED', 'ALREADY_ASSIGNED', 'FOUND']);

/** An outcome with every possible set of additions, the most specific first. */
function variantsOf(outcome: Outcome): OutcomeVariant[] {
  const reasons = [...(REASONS_OF[outcome] ?? [])].reverse();
  return [...reasons, undefined].flatMap((reason) => {
    const name = reason === undefined ? outcome : `${outcome}_${reason}`;
    const additions = (reason && ADDITIONS[reason]) ?? [];
    const conditions = { outcome: [outcome], ...(reason !== undefined && { reason: [reason] }) };
    const plain = { labelName: name, outcome, additions, conditions };
    if (!FOUND_BY_EMAIL.has(outcome)) return [plain];
    const matched = OTHER_MATCHES.map(({ matchedBy, addition }) => ({
      labelName: `${name}_${matchedBy}`,
      outcome,
      additions: [...additions, addition],
      conditions: { ...conditions, matchedBy: [matchedBy] },
    }));
    return [...matched, plain];
  });
}

/** Every sentence of an outcome that the history may show. */
export const OUTCOME_VARIANTS: readonly OutcomeVariant[] = [
  ...OUTCOME_RULES_BEFORE_CODES,
  ...OUTCOME_RULES_AFTER_CODES,
].flatMap(variantsOf);

function toRules(outcomes: readonly Outcome[]): ExecutionRule[] {
  const variants = OUTCOME_VARIANTS.filter(({ outcome }) => outcomes.includes(outcome));
  return variants.map(({ labelName, conditions }) => ({ labelName, conditions }));
}

/** An owner that was changed meanwhile is kept for another reason than the step's setting. */
const KEPT_CHANGED_SINCE = 'KEPT_CHANGED_SINCE';

const EXECUTION_RULES: readonly ExecutionRule[] = [
  ...toRules(OUTCOME_RULES_BEFORE_CODES),
  ...ERROR_CODES.map((code) => ({ labelName: code, conditions: { errorCode: [code] } })),
  { labelName: KEPT_CHANGED_SINCE, conditions: { outcome: ['KEPT_EXISTING'], reason: ['CHANGED_SINCE'] } },
  ...toRules(OUTCOME_RULES_AFTER_CODES),
];

/** The outcomes with their own text. `FAILED` has none: each failure has the text of its code. */
export type OutcomeText =
  | (typeof OUTCOME_RULES_BEFORE_CODES)[number]
  | (typeof OUTCOME_RULES_AFTER_CODES)[number]
  | typeof KEPT_CHANGED_SINCE;

export const SET_OWNER_BY_EMAIL = {
  uid: 'set_owner_by_email',
  route: '/actions/set-owner-by-email',
  inputFields: SET_OWNER_INPUTS,
  outputFields: OUTPUT_FIELDS,
  executionRules: EXECUTION_RULES,
  requestedProperties: [DEFAULT_OWNER_PROPERTY],
} as const satisfies ActionDefinition;

export const FIND_OWNER_BY_EMAIL = {
  uid: 'find_owner_by_email',
  route: '/actions/find-owner-by-email',
  inputFields: [OWNER_EMAIL],
  outputFields: OUTPUT_FIELDS,
  executionRules: EXECUTION_RULES,
  requestedProperties: [],
} as const satisfies ActionDefinition;

export type InputName = (typeof SET_OWNER_INPUTS)[number]['name'];
