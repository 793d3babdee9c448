import fc from 'fast-check';
import {
  createSaver,
  fillExecution,
  type Person,
  type SavedExecution,
  savedExecution,
} from '../../../local/send/saved-execution.ts';

const JANE: Person = { email: 'jane@example.com', id: '410000001', userId: '52000001' };
const OMAR: Person = { email: 'omar@example.com', id: '410000002', userId: '52000002' };
const PEOPLE = { jane: JANE, omar: OMAR };
const SET = '/actions/set-owner-by-email';

function body(inputFields: object, properties: object = {}): string {
  return JSON.stringify({
    callbackId: 'ap-4000001-1-7-0',
    origin: { portalId: 4_000_001 },
    object: { objectId: 77, objectType: 'CONTACT', properties },
    inputFields,
  });
}
const saveFor = (people: Readonly<Record<string, Person>>, ...bodies: readonly string[]) => {
  const save = createSaver(people);
  return bodies.map((text) => save({ rawPath: SET, body: text }));
};

it.each([
  ['jane@example.com', '{{jane.email}}'],
  [' Jane Doe <JANE@Example.com> ', ' xxxx xxx <{{jane.email}}> '],
  ['mailto:jane@example.com', 'mailto:{{jane.email}}'],
  ['jane@example.com; omar@example.com', '{{jane.email}}; {{omar.email}}'],
  ['410000001', '{{jane.id}}'],
  ['52000001', '{{jane.userId}}'],
  ['jnae@example.com', '{{nobody1.email}}'],
  ['Jane', 'xxxx'],
  ['', ''],
])('The email %j is saved as %j', (ownerEmail, saved) => {
  expect(saveFor(PEOPLE, body({ ownerEmail }))[0]?.inputFields.ownerEmail).toBe(saved);
});

it.each(['x', 'x@', '@', 'x '])(
  '[E7, X8] A large input is saved in one pass, because the stack waits for it: %j, many times',
  (text) => {
    const large = body({ ownerEmail: text.repeat(300_000 / text.length) });
    expect(saveFor({}, large)).toMatchObject([{ action: 'set' }]);
  },
);

it('A saved execution keeps the settings of the step, the type of the record and whether it had an owner', () => {
  const settings = { ownerProperty: 'renewal_owner', overwrite: 'IF_UNASSIGNED', ifNotAssignable: 'FALLBACK' };
  const text = body({ ownerEmail: JANE.email, ...settings, fallbackOwner: OMAR.id }, { hubspot_owner_id: OMAR.id });
  expect(saveFor(PEOPLE, text)).toEqual([
    {
      action: 'set',
      recordType: 'contact',
      owner: '{{omar.id}}',
      inputFields: { ownerEmail: '{{jane.email}}', ...settings, fallbackOwner: '{{omar.id}}' },
    },
  ]);
});

it('The same unknown person has the same placeholder in every saved execution', () => {
  const emails = ['a@customer.example', 'b@customer.example', 'A@customer.example'];
  const saved = saveFor({}, ...emails.map((ownerEmail) => body({ ownerEmail })));
  expect(saved.map((one) => one?.inputFields.ownerEmail)).toEqual([
    '{{person1.email}}',
    '{{person2.email}}',
    '{{person1.email}}',
  ]);
});

it.each(['', 'null', '{}', '{"inputFields":null}', 'not JSON'])(
  'The body %j is not saved, because it is no execution',
  (text) => {
    expect(saveFor(PEOPLE, text)).toEqual([undefined]);
  },
);

it('A file of saved executions has no address, name or number of a person', () => {
  const secret = fc.stringMatching(/^[a-z]{6,12}$/);
  const around = fc.constantFrom('', ' ', '<', '>', '; ', '"', 'mailto:', ' (', ',');
  const value = fc.tuple(
    around,
    secret,
    fc.constantFrom('@', '', ' '),
    secret,
    fc.constantFrom('.example', ''),
    around,
  );
  fc.assert(
    fc.property(value, fc.bigInt({ min: 10n ** 8n, max: 10n ** 12n }), (parts, number) => {
      const text = body({ ownerEmail: parts.join(''), overwrite: `${number}` }, { hubspot_owner_id: `${number}` });
      const file = JSON.stringify(saveFor({}, text));
      for (const leak of [parts[1], parts[3], String(number)]) expect(file).not.toContain(leak);
    }),
  );
});

it('A saved execution is filled with the people of that name, with nobody for nobody, and with others in turn', () => {
  const saved: SavedExecution = {
    action: 'set',
    recordType: 'contact',
    owner: '{{omar.id}}',
    inputFields: {
      ownerEmail: 'xxxx <{{jane.email}}>',
      fallbackOwner: '{{person2.id}}',
      ownerProperty: '{{person3.userId}}',
      overwrite: '{{nobody1.email}}',
    },
  };
  expect(savedExecution.parse(saved)).toEqual(saved);
  expect(fillExecution(saved, PEOPLE, [JANE, OMAR])).toEqual({
    ...saved,
    owner: OMAR.id,
    inputFields: {
      ownerEmail: `xxxx <${JANE.email}>`,
      fallbackOwner: OMAR.id,
      ownerProperty: JANE.userId,
      overwrite: 'nobody1@example.com',
    },
  });
});

it('A saved execution that was filled is saved again as it was', () => {
  const [first] = saveFor(PEOPLE, body({ ownerEmail: 'jane@example.com', fallbackOwner: OMAR.id }));
  if (first === undefined) throw new Error('it was not saved');
  const filled = fillExecution(first, PEOPLE, []);
  expect(saveFor(PEOPLE, body(filled.inputFields))[0]).toEqual(first);
});
