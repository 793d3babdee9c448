import fc from 'fast-check';
import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';

it.each([
  ['https://owner.example.com/', 'https://owner.example.com', 'a slash at the end'],
  ['https://owner.example.com/Base//', 'https://owner.example.com/Base', 'slashes behind a path'],
  ['http://localhost:80', 'http://localhost', 'the other default port'],
  ['http://127.1:3000', 'http://127.0.0.1:3000', 'a short address'],
  ['https://owner.example.com./Base', 'https://owner.example.com/Base', 'the dot of the root before a path'],
  ['https://owner.example.com.:8443', 'https://owner.example.com:8443', 'the dot of the root before a port'],
  ['https://[2001:DB8::0:1]', 'https://[2001:db8::1]', 'an IPv6 address'],
])('[W14] The base URL %s is normalized to %s: %s', (text, normalized) => {
  expect(normalizeBaseUrl(text)).toBe(normalized);
});

it.each([
  ['', 'nothing'],
  ['owner.example.com', 'no scheme'],
  ['ftp://Owner.Example.com', 'another scheme'],
  ['https://Owner.Example.com?a=1', 'a query'],
  ['https://Owner.Example.com#', 'a fragment'],
  ['https://jane@Owner.Example.com', 'a user'],
  ['https://Owner.Example.com\n', 'white space'],
  ['https://Owner.Example.com\\base', 'a backslash'],
])('[W14] The base URL %j stays unchanged, so that a later check can refuse it: %s', (text) => {
  expect(normalizeBaseUrl(text)).toBe(text);
});

it('[W14] Normalizing a base URL twice gives the same URL as normalizing it once', () => {
  fc.assert(
    fc.property(fc.webUrl({ validSchemes: ['https', 'http'] }), (text) => {
      const normalized = normalizeBaseUrl(text);
      expect(normalizeBaseUrl(normalized)).toBe(normalized);
      expect(new URL(normalized).host.replace(/\.$/, '')).toBe(new URL(text).host.replace(/\.$/, ''));
    }),
  );
});

it('[W14] All spellings of one host give the same base URL', () => {
  const host = fc.constantFrom('owner.example.com', 'büro.example.com', 'xn--bro-hoa.example.com');
  fc.assert(
    fc.property(
      host,
      fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      fc.boolean(),
      (name, cases, hasPort) => {
        const spelled = [...name].map((letter, at) => (cases[at] ? letter.toUpperCase() : letter)).join('');
        const expected = name.startsWith('owner') ? 'https://owner.example.com' : 'https://xn--bro-hoa.example.com';
        expect(normalizeBaseUrl(`https://${spelled}${hasPort ? ':443' : ''}`)).toBe(expected);
      },
    ),
  );
});
