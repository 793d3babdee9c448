import { isPlaceholder, isPublicHttps } from '../../../local/hubspot-project/addresses.ts';

it.each([
  ['https://owner.example.com', true],
  ['https://example.org/docs', true],
  ['https://EXAMPLE.NET:8443', true],
  ['you@example.com', true],
  ['help@mail.example.com', true],
  ['https://acme.example/help', true],
  ['https://your-company.com/docs', true],
  ['https://docs.your-company.com', true],
  ['you@your-company.com', true],
  ['https://owner.acme.test', false],
  ['https://for-your-team.com', false],
  ['https://example.com.acme.test', false],
  ['https://counterexample.com', false],
  ['help@acme.test', false],
  [undefined, false],
])('The address %j counts as a placeholder: %j', (address, expected) => {
  expect(isPlaceholder(address)).toBe(expected);
});

it.each([
  ['https://owner.acme.test', true],
  ['https://owner.acme.test:8443/base', true],
  ['http://owner.acme.test', false],
  ['https://localhost', false],
  ['https://owner', false],
  ['https://app.localhost', false],
  ['https://printer.local', false],
  ['https://127.0.0.1', false],
  ['https://[::1]:3000', false],
  ['https://me:secret@owner.acme.test', false],
  ['owner.acme.test', false],
  [undefined, false],
])('The address %j counts as one that HubSpot can call: %j', (address, expected) => {
  expect(isPublicHttps(address)).toBe(expected);
});
