import { readOwnerRef } from '../../../lib/domain/owner-ref.ts';

it.each<[unknown, unknown, string]>([
  ['75001', { kind: 'ownerId', ownerId: '75001' }, 'an owner id'],
  [75001, { kind: 'ownerId', ownerId: '75001' }, 'an owner id as a JSON number'],
  [
    ' Jane <JANE@example.com> ',
    { kind: 'email', email: 'jane@example.com', input: ' Jane <JANE@example.com> ' },
    'an email as people type it',
  ],
  [2 ** 53, undefined, 'a JSON number that lost digits'],
  ['0', undefined, 'no id'],
  ['', undefined, 'nothing'],
  ['a@example.com, b@example.com', undefined, 'two'],
  [null, undefined, 'null'],
  [{ ownerId: '1' }, undefined, 'an object'],
])('The owner reference %j is read as %j: %s', (value, expected) => {
  expect(readOwnerRef(value)).toEqual(expected);
});
