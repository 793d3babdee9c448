import {
  APP_FEATURES,
  APP_OBJECTS,
  findGranted,
  findMissing,
  isRequired,
  OPTIONAL_SCOPES,
  purposeOf,
  REQUIRED_SCOPES,
  scopesFor,
} from '../../lib/domain/scopes.ts';
import { ALL_SCOPES } from '../../local/simulator/object-types.ts';

const ALL = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];

it('The required scopes are only those that nothing works without, because an account that cannot grant one cannot connect', () => {
  expect(REQUIRED_SCOPES).toEqual(['oauth', 'crm.objects.owners.read']);
});

it('The list of scopes names each scope once', () => {
  expect(new Set(ALL).size).toBe(ALL.length);
});

it('[A13] The app asks for every scope that one of its calls can need, and for no other', () => {
  // Users are never written.
  const needed = ALL_SCOPES.filter((scope) => scope !== 'crm.objects.users.write');
  expect([...ALL].sort()).toEqual([...needed].sort());
});

it('[A13] No scope is missing when all were granted, and all are missing when none was', () => {
  expect(findMissing(ALL)).toEqual([]);
  expect(findMissing([]).flatMap(({ scopes }) => scopes)).toEqual(ALL);
});

it.each(ALL)('[A13] When only %s is missing, the app reports that scope and its effect', (scope) => {
  const missing = findMissing(ALL.filter((granted) => granted !== scope));
  expect(missing).toEqual([
    {
      permission: expect.any(String),
      scopes: [scope],
      purpose: expect.stringMatching(/^[A-Z]/),
      cost: expect.stringMatching(/^[A-Z].*\.$/),
    },
  ]);
});

it('Granted scopes that the app does not know are ignored', () => {
  expect(findMissing([...ALL, 'files', 'crm.objects.contacts.WRITE'])).toEqual([]);
});

it('A permission is granted only when all of its scopes were granted', () => {
  expect(findGranted(ALL)).toHaveLength(findMissing([]).length);
  expect(findGranted([])).toEqual([]);
  const some = ['oauth', 'crm.objects.owners.read', 'tickets', 'crm.objects.deals.read'];
  expect(findGranted(some)).toEqual(['owners', 'tickets']);
});

it('Only the permission to find owners is required', () => {
  expect(
    findMissing([])
      .filter(isRequired)
      .map(({ permission }) => permission),
  ).toEqual(['owners']);
});

describe('A static app that asks for handovers', () => {
  const scopes = scopesFor({ objects: ['contacts'], features: ['handover'] });

  it('A static app that asks for handovers may read and change every object that may have owners, whatever its workflows enroll', () => {
    const all = scopesFor({ objects: APP_OBJECTS, features: [] });
    expect(new Set(scopes)).toEqual(new Set(all));
    for (const object of ['contacts', 'companies', 'deals', 'leads', 'custom']) {
      expect(scopes).toEqual(expect.arrayContaining([`crm.objects.${object}.read`, `crm.objects.${object}.write`]));
    }
    expect(scopes).toContain('tickets');
  });

  it('A static app that asks for handovers names each scope once', () => {
    expect(new Set(scopes).size).toBe(scopes.length);
  });

  it('A static app that asks for handovers asks for the same when it is configured again', () => {
    expect(new Set(scopesFor(purposeOf(scopes)))).toEqual(new Set(scopes));
    expect(purposeOf(scopes).features).toEqual(['handover']);
  });
});

it('An app for all objects and features needs every scope that the app knows', () => {
  expect([...scopesFor({ objects: APP_OBJECTS, features: APP_FEATURES })].sort()).toEqual([...ALL].sort());
});
