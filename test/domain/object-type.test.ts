import { parseObjectType } from '../../lib/domain/ids.ts';

it.each([
  ['CONTACT', '0-1', 'as HubSpot writes it'],
  ['contact', '0-1', 'in any case'],
  ['COMPANY', '0-2', 'a name'],
  ['DEAL', '0-3', 'a name'],
  ['TICKET', '0-5', 'a name'],
  ['LEAD', '0-136', 'a name'],
  ['PROJECT', '0-970', 'a name'],
  ['0-136', '0-136', 'a type id'],
  ['2-3456789', '2-3456789', 'a custom object'],
  ['p8200001_car', 'p8200001_car', 'the fully qualified name of a custom object'],
  ['p1_Service_Contract-2', 'p1_Service_Contract-2', 'every character that such a name may have, in its own case'],
  ['a16858319_cars', 'a16858319_cars', 'the fully qualified name of an object that an app brings'],
])('[T10] The object type %s is read as %s: %s', (value, expected) => {
  expect(parseObjectType(value)).toBe(expected);
});

it.each<[unknown, string]>([
  ['machines', 'the bare name of a custom object'],
  ['constructor', 'a member that every object has'],
  ['__proto__', 'a member that every object has'],
  ['2-', 'no number'],
  ['2-1/../owners', 'a path'],
  ['2-1\n', 'a line break'],
  [' CONTACT', 'space around'],
  ['p_car', 'a name without its portal'],
  ['p8200001_', 'a portal without a name'],
  ['p8200001', 'a portal alone'],
  ['p8200001_car/../owners', 'a path behind a name'],
  ['p8200001_car?x=1', 'a query behind a name'],
  ['p8200001_car#1', 'a separator of keys behind a name'],
  ['p8200001_.', 'a name of a dot'],
  ['p8200001_car\n', 'a line break behind a name'],
  ['xp8200001_car', 'something before a name'],
  ['b8200001_car', 'a name that is neither of an account nor of an app'],
  ['p٨٢_car', 'digits of another script'],
  [`p8200001_${'a'.repeat(101)}`, 'a name that is too long'],
  ['INVOICE_LINE', 'a name that nobody knows'],
  ['', 'nothing'],
  [1, 'a number'],
  [null, 'null'],
  [undefined, 'undefined'],
  [['0-1'], 'an array'],
])('[T10] The object type %j is refused: %s', (value) => {
  expect(parseObjectType(value)).toBeUndefined();
});
