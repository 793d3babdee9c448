import { parseObjectType } from '../../lib/domain/object-type.ts';

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
])('reads %s as %s: %s', (value, expected) => {
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
  ['', 'nothing'],
  [1, 'a number'],
  [null, 'null'],
  [undefined, 'undefined'],
  [['0-1'], 'an array'],
])('refuses %j: %s', (value) => {
  expect(parseObjectType(value)).toBeUndefined();
});
