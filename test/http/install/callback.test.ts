import { readCallback } from '../../../lib/http/install/callback.ts';

const NOTHING = { state: undefined, code: undefined, error: undefined, errorDescription: undefined };

it.each([
  ['code=abc-1&state=s.t', { code: 'abc-1', state: 's.t' }],
  [
    'error=access_denied&error_description=No%20thanks&state=s',
    {
      error: 'access_denied',
      errorDescription: 'No thanks',
      state: 's',
    },
  ],
  ['error=access_denied&error_description=No+thanks', { error: 'access_denied', errorDescription: 'No thanks' }],
  ['code=a&code=b&state=s', { state: 's' }],
  ['code=a&state=s&state=s', { code: 'a' }],
  ['code=&state=', {}],
  ['code=a%20b', {}],
  ['code=a%0Ab', {}],
  [`code=${'a'.repeat(2_049)}`, {}],
  [`code=${'a'.repeat(2_048)}`, { code: 'a'.repeat(2_048) }],
  ['code=%', { code: '%' }],
  ['portalId=1&hub_id=2', {}],
  ['', {}],
])('The callback page reads the query %s', (rawQueryString, expected) => {
  expect(readCallback({ rawQueryString })).toEqual({ ...NOTHING, ...expected });
});

it('The callback page reads payload 1.0, whose values are already decoded', () => {
  const multiValueQueryStringParameters = { code: ['a+b'], state: ['s', 's'] };
  expect(readCallback({ multiValueQueryStringParameters })).toEqual({ ...NOTHING, code: 'a+b' });
  expect(readCallback({ multiValueQueryStringParameters: null })).toEqual(NOTHING);
});
