import { refuseAccount, refuseAddress } from './admit-account.ts';

it.each([
  ['https://api.hubapi.com', '--portal'],
  ['https://API.HubAPI.com./', '--portal'],
  ['https://api-eu1.hubapi.com', '--portal'],
  ['https://api.hubspot.com', '--portal'],
  ['http://api.hubapi.com', 'https'],
  ['http://example.com', 'https'],
  ['http://127.0.0.1.example.com', 'https'],
  ['ftp://127.0.0.1', 'https'],
  ['api.example.com', 'not an address'],
])('Without the name of an account, nothing is sent to %s', (address, words) => {
  expect(refuseAddress(address, undefined)).toContain(words);
});

it.each([
  ['https://api.hubapi.com', '123'],
  ['http://127.0.0.1:4000', undefined],
  ['http://localhost:4000', undefined],
  ['http://[::1]:4000', undefined],
  ['https://hubspot-stand-in.example.com', undefined],
  ['https://nothubapi.com', undefined],
])('%s with the account %s is a place to run', (address, portalId) => {
  expect(refuseAddress(address, portalId)).toBeUndefined();
});

it.each(['http://api.hubapi.com', 'http://example.com'])('The name of an account does not make %s safe', (address) => {
  expect(refuseAddress(address, '123')).toContain('https');
});

it.each([
  ['DEVELOPER_TEST', '123'],
  ['SANDBOX', '123'],
  ['SANDBOX', undefined],
])('An account of the type %s is admitted when %s is named', (accountType, portalId) => {
  expect(refuseAccount({ portalId: '123', accountType }, portalId)).toBeUndefined();
});

it.each([
  ['STANDARD', '123', 'is of the type STANDARD'],
  ['APP_DEVELOPER', '123', 'is of the type APP_DEVELOPER'],
  ['', undefined, 'is of the type unknown'],
  ['sandbox', undefined, 'is of the type sandbox'],
  ['SANDBOX', '124', 'belongs to account 123, not to 124'],
  ['SANDBOX', '', 'belongs to account 123'],
])('An account of the type "%s" is refused when "%s" is named', (accountType, portalId, words) => {
  expect(refuseAccount({ portalId: '123', accountType }, portalId)).toContain(words);
});
