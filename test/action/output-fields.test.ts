import fc from 'fast-check';
import { OUTPUT_FIELDS, type OutputField } from '../../lib/action/definition.ts';
import { MAX_OUTPUT_LENGTH, type OutputFields, toOutputFields } from '../../lib/action/output-fields.ts';
import type { OwnerEmail } from '../../lib/domain/email.ts';
import { type OwnerId, parseOwnerId, parseUserId } from '../../lib/domain/ids.ts';
import { type ActionResult, ERROR_CODES, MATCHED_BY, OUTCOMES } from '../../lib/domain/outcome.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import { anyText } from '../support/any-text.ts';

const SERIALISER_RUNS = 5_000;
const NAMES = [...OUTPUT_FIELDS.map(({ name }) => name), 'hs_execution_state'];

function makeOwner(changes: Partial<Owner> = {}): Owner {
  return {
    id: parseOwnerId('75001') as OwnerId,
    type: 'PERSON',
    archived: false,
    userId: parseUserId('901'),
    email: 'jane@example.com' as OwnerEmail,
    firstName: 'Jane',
    lastName: 'Doe',
    teams: [
      { id: '11', name: 'Second', primary: false },
      { id: '12', name: 'First', primary: true },
    ],
    ...changes,
  };
}

const SEVERAL_PRIMARY = [
  { id: '10', name: 'East', primary: true },
  { id: '9', name: 'West', primary: true },
  { id: '1', name: 'All', primary: false },
];

/** What HubSpot documents for outputs: a flat map of texts with exactly the declared names, options where declared. */
function isValid(outputs: OutputFields): boolean {
  const names = Object.keys(outputs);
  const values: unknown[] = Object.values(outputs);
  const fields: readonly OutputField[] = OUTPUT_FIELDS;
  return (
    names.length === NAMES.length &&
    NAMES.every((name) => names.includes(name)) &&
    values.every((value) => typeof value === 'string' && value.length <= MAX_OUTPUT_LENGTH) &&
    values.every((value) => !/\p{Cc}/u.test(String(value)) && String(value).isWellFormed()) &&
    fields.every(({ name, options = [] }) => {
      const value = outputs[name as keyof OutputFields];
      return options.length === 0 || value === '' || options.includes(value);
    }) &&
    outputs.hs_execution_state === (outputs.outcome === 'FAILED' ? 'FAIL_CONTINUE' : 'SUCCESS')
  );
}

const nasty = fc.oneof(
  anyText({ maxLength: 60 }),
  fc.string({ minLength: 900, maxLength: 1_100, size: 'max' }),
  fc.constantFrom('\ud800', 'a\0b\nc\u0085d', '\u{1f600}'.repeat(600), '"><script>'),
);
const ownerId = fc.integer({ min: 1, max: 5 }).map((id) => parseOwnerId(id) as OwnerId);
const owners = fc.array(
  fc.record({
    id: ownerId,
    type: fc.constantFrom('PERSON' as const, 'QUEUE' as const),
    archived: fc.boolean(),
    userId: fc.option(
      fc.nat().map((id) => parseUserId(id)),
      { nil: undefined },
    ),
    email: fc.option(
      nasty.map((text) => text as OwnerEmail),
      { nil: undefined },
    ),
    firstName: nasty,
    lastName: nasty,
    teams: fc.array(fc.record({ id: nasty, name: nasty, primary: fc.boolean() }), { maxLength: 3 }),
  }),
  { maxLength: 4 },
);
const results = fc.record(
  {
    outcome: fc.constantFrom(...OUTCOMES),
    ownerId,
    previousOwnerId: fc.oneof(ownerId, fc.constant('' as const)),
    substitutedFor: ownerId,
    errorCode: fc.constantFrom(...ERROR_CODES),
    aboutOwnerIds: fc.array(ownerId, { maxLength: 300 }),
    subject: nasty,
    hubspotCorrelationId: nasty,
    resolvedFrom: fc.constantFrom('CACHE' as const, 'LIVE' as const),
    ownerDataAgeSeconds: fc.nat(),
    matchedBy: fc.constantFrom(...MATCHED_BY),
    keptBecause: fc.constantFrom('SET_TO_KEEP' as const, 'CHANGED_SINCE' as const),
  },
  { requiredKeys: ['outcome'] },
);

it('[P15] The outputs are those declared, whatever a result and its people contain', () => {
  const law = fc.property(results, nasty, owners, (result, asked, people) => {
    const outputs = toOutputFields(result, asked, people);
    expect(isValid(outputs)).toBe(true);
  });
  fc.assert(law, { numRuns: SERIALISER_RUNS });
});

describe('Limits', () => {
  it.each([
    [MAX_OUTPUT_LENGTH, MAX_OUTPUT_LENGTH],
    [MAX_OUTPUT_LENGTH + 1, MAX_OUTPUT_LENGTH],
    [70_000, MAX_OUTPUT_LENGTH],
  ])('[P15] A name of %d characters is written with %d', (length, kept) => {
    const owner = makeOwner({ firstName: 'x'.repeat(length), lastName: '' });
    const outputs = toOutputFields({ outcome: 'ASSIGNED', ownerId: owner.id }, 'a', [owner]);
    expect(outputs.ownerName).toHaveLength(kept);
  });

  it('[P15] A character that the limit cuts in two leaves no half behind', () => {
    const owner = makeOwner({ firstName: `${'x'.repeat(MAX_OUTPUT_LENGTH - 1)}\u{1f600}`, lastName: '' });
    expect(isValid(toOutputFields({ outcome: 'ASSIGNED', ownerId: owner.id }, 'a', [owner]))).toBe(true);
  });

  it('[P15] Control characters become a space, so that a sentence stays on one line', () => {
    const outputs = toOutputFields({ outcome: 'FAILED', errorCode: 'EMAIL_INVALID' }, 'jane\r\n\0doe\u0085x', []);
    expect(outputs.ownerEmail).toBe('jane doe x');
    expect(outputs.errorMessage).toBe(
      '"jane doe x" is not a valid email address: it does not have the form of an address.',
    );
  });
});

describe('Output values', () => {
  const jane = makeOwner();
  const base: ActionResult = { outcome: 'ASSIGNED', ownerId: jane.id, previousOwnerId: '', resolvedFrom: 'LIVE' };

  it('[P15] The outputs contain everything about the owner who was found', () => {
    expect(toOutputFields({ ...base, ownerDataAgeSeconds: 0, matchedBy: 'EMAIL' }, 'JANE@example.com', [jane])).toEqual(
      {
        outcome: 'ASSIGNED',
        reason: '',
        ownerId: '75001',
        ownerEmail: 'jane@example.com',
        ownerName: 'Jane Doe',
        userId: '901',
        primaryTeamId: '12',
        primaryTeamName: 'First',
        previousOwnerId: '',
        previousOwnerName: '',
        substitutedFor: '',
        substitutedForName: '',
        matchedBy: 'EMAIL',
        matchedEmail: 'jane@example.com',
        resolvedFrom: 'LIVE',
        ownerDataAgeSeconds: '0',
        errorCode: '',
        errorMessage: '',
        errorDetails: '',
        hs_execution_state: 'SUCCESS',
      },
    );
  });

  it.each<[string, Partial<Owner>, Partial<OutputFields>]>([
    ['without a team', { teams: [] }, { primaryTeamId: '', primaryTeamName: '' }],
    ['without a primary team', { teams: [{ id: '1', name: 'A', primary: false }] }, { primaryTeamId: '' }],
    ['without a user', { userId: undefined }, { userId: '' }],
    ['without a first name', { firstName: '' }, { ownerName: 'Doe' }],
  ])('[P15] The outputs for an owner %s are empty there', (_name, changes, expected) => {
    expect(toOutputFields(base, 'asked', [makeOwner(changes)])).toMatchObject(expected);
  });

  it.each([
    ['as HubSpot lists them', SEVERAL_PRIMARY],
    ['in another order', SEVERAL_PRIMARY.toReversed()],
  ])('[M5] The outputs name the first of several primary teams by ID: %s', (_order, teams) => {
    const expected = { primaryTeamId: '9', primaryTeamName: 'West' };
    expect(toOutputFields(base, 'asked', [makeOwner({ teams })])).toMatchObject(expected);
  });

  it('[P15] The outputs contain the name of an owner without an email', () => {
    expect(toOutputFields(base, 'asked', [makeOwner({ email: undefined })]).ownerEmail).toBe('Jane Doe');
  });

  it('[P15] The outputs contain the ID of an owner without a name', () => {
    const outputs = toOutputFields(base, 'jane@example.com', []);
    expect(outputs).toMatchObject({ ownerId: '75001', ownerEmail: '75001', ownerName: '' });
    expect(isValid(outputs)).toBe(true);
  });

  it.each<[ActionResult, Partial<OutputFields>]>([
    [
      { outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' },
      { ownerEmail: 'asked', hs_execution_state: 'FAIL_CONTINUE' },
    ],
    [
      { outcome: 'CLEARED', errorCode: 'OWNER_NOT_FOUND' },
      { ownerId: '', hs_execution_state: 'SUCCESS' },
    ],
    [
      { outcome: 'FAILED', errorCode: 'VALUE_IS_USER_ID', aboutOwnerIds: [jane.id] },
      { ownerName: 'Jane Doe', ownerId: '' },
    ],
    [
      { outcome: 'FAILED', errorCode: 'OWNER_AMBIGUOUS', aboutOwnerIds: [jane.id, '75002' as OwnerId] },
      { ownerName: '' },
    ],
  ])('[P15] The result %j gives the outputs %j', (result, expected) => {
    const people = [jane, makeOwner({ id: '75002' as OwnerId, firstName: 'Joe' })];
    expect(toOutputFields(result, 'asked', people)).toMatchObject(expected);
  });

  it("[P15] HubSpot's correlation ID follows the sentence in the output", () => {
    const result: ActionResult = { outcome: 'FAILED', errorCode: 'RECORD_NOT_FOUND', hubspotCorrelationId: 'abc-1' };
    const { errorMessage } = toOutputFields(result, 'asked', []);
    expect(errorMessage).toBe("The record no longer exists. HubSpot's correlation ID: abc-1.");
  });

  const omar = makeOwner({
    id: '75002' as OwnerId,
    firstName: 'Omar',
    lastName: '',
    email: 'omar@example.com' as OwnerEmail,
  });
  const lena = makeOwner({
    id: '75003' as OwnerId,
    firstName: '',
    lastName: '',
    email: 'lena@example.com' as OwnerEmail,
  });

  it.each<[string, Partial<ActionResult>, Partial<OutputFields>]>([
    ['who was replaced', { previousOwnerId: omar.id }, { reason: 'REPLACED', previousOwnerName: 'Omar' }],
    ['that nobody was replaced', { previousOwnerId: jane.id }, { reason: '', previousOwnerName: 'Jane Doe' }],
    [
      'whom a successor stands in for, by address where the name is blank',
      { substitutedFor: lena.id },
      { reason: 'SUCCESSOR', substitutedFor: '75003', substitutedForName: 'lena@example.com' },
    ],
    [
      'a successor who replaced somebody',
      { substitutedFor: lena.id, previousOwnerId: omar.id },
      { reason: 'SUCCESSOR_REPLACED' },
    ],
    ['an unknown previous owner by id', { previousOwnerId: '75009' as OwnerId }, { previousOwnerName: '75009' }],
    [
      'why an owner was kept',
      { outcome: 'KEPT_EXISTING', keptBecause: 'CHANGED_SINCE', previousOwnerId: omar.id },
      { reason: 'CHANGED_SINCE' },
    ],
  ])('[P15] The outputs say %s', (_what, changes, expected) => {
    expect(toOutputFields({ ...base, ...changes }, 'jane@example.com', [jane, omar, lena])).toMatchObject(expected);
  });
});
