import { findMissing, OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
import { ALL_SCOPES } from '../../local/simulator/object-types.ts';

const ALL = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];

it('requires what nothing works without, and nothing more: an account that cannot grant it cannot connect', () => {
  expect(REQUIRED_SCOPES).toEqual(['oauth', 'crm.objects.owners.read']);
});

it('names each scope once', () => {
  expect(new Set(ALL).size).toBe(ALL.length);
});

it('[A13] asks for every scope that a call of ours can need, and for no other', () => {
  // Users are never written.
  const needed = ALL_SCOPES.filter((scope) => scope !== 'crm.objects.users.write');
  expect([...ALL].sort()).toEqual([...needed].sort());
});

it('[A13] misses nothing where everything was granted, and everything where nothing was', () => {
  expect(findMissing(ALL)).toEqual([]);
  expect(findMissing([]).flatMap(({ scopes }) => scopes)).toEqual(ALL);
});

it.each(ALL)('[A13] misses %s alone, and says what that costs', (scope) => {
  const missing = findMissing(ALL.filter((granted) => granted !== scope));
  expect(missing).toEqual([{ scopes: [scope], cost: expect.stringMatching(/^[A-Z].*\.$/) }]);
});

it('takes scopes that it does not know for nothing', () => {
  expect(findMissing([...ALL, 'files', 'crm.objects.contacts.WRITE'])).toEqual([]);
});
