import { findGranted, findMissing, isRequired, OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
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
  expect(missing).toEqual([
    { permission: expect.any(String), scopes: [scope], cost: expect.stringMatching(/^[A-Z].*\.$/) },
  ]);
});

it('takes scopes that it does not know for nothing', () => {
  expect(findMissing([...ALL, 'files', 'crm.objects.contacts.WRITE'])).toEqual([]);
});

it('grants a permission when all of its scopes were granted, and counts no half of one', () => {
  expect(findGranted(ALL)).toHaveLength(findMissing([]).length);
  expect(findGranted([])).toEqual([]);
  const some = ['oauth', 'crm.objects.owners.read', 'tickets', 'crm.objects.deals.read'];
  expect(findGranted(some)).toEqual(['owners', 'tickets']);
});

it('requires the permission without which nobody is found, and no other', () => {
  expect(
    findMissing([])
      .filter(isRequired)
      .map(({ permission }) => permission),
  ).toEqual(['owners']);
});
