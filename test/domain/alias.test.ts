import { makesChain, parseEmailDomain, readAliasName, toAliasMap } from '../../lib/domain/alias.ts';
import { toEmail } from '../builders/ids.ts';
import { toAddress, toDomain } from '../contracts/aliases.contract.ts';

it.each<[unknown, object | undefined, string]>([
  [
    'J.Doe@Example.com',
    { kind: 'address', alias: 'j.doe@example.com', input: 'J.Doe@Example.com' },
    'an address, with its spelling',
  ],
  [
    ' Jane <jane@example.com> ',
    { kind: 'address', alias: 'jane@example.com', input: ' Jane <jane@example.com> ' },
    'an address as people type it',
  ],
  [' @Old.Example.com ', { kind: 'domain', alias: '@old.example.com' }, 'a domain'],
  [
    '\u200b@old.example.com\u200b',
    { kind: 'domain', alias: '@old.example.com' },
    '[T7] a domain with hidden characters',
  ],
  ['@xn--bcher-kva.example', { kind: 'domain', alias: '@bücher.example' }, 'a domain in punycode'],
  ['old.example.com', undefined, 'a domain without its @'],
  ['@example', undefined, 'no domain'],
  ['@', undefined, 'nothing but an @'],
  ['a@example.com, b@example.com', undefined, 'two addresses'],
  ['75001', undefined, 'an id'],
  [75001, undefined, 'a number'],
  [null, undefined, 'null'],
])('The alias name %j is read as %j: %s', (value, expected, _why) => {
  expect(readAliasName(value)).toEqual(expected);
});

describe('where an address leads', () => {
  const map = toAliasMap([
    toAddress('j.doe@example.com', '2'),
    toDomain('@old.example.com', '@example.com'),
    toDomain('@bücher.example', '@example.com'),
  ]);

  it('An address alias leads to its person, and no other address does', () => {
    expect(map.ownerOf(toEmail('J.DOE@example.com'))).toBe('2');
    expect(map.ownerOf(toEmail('doe@example.com'))).toBeUndefined();
  });

  it.each([
    ['jane@old.example.com', 'jane@example.com'],
    ['zoë@bücher.example', 'zoë@example.com'],
    ['jane@sub.old.example.com', undefined],
    ['jane@example.com', undefined],
  ])('A domain alias moves the address %s to the same name at the new domain: %s', (email, expected) => {
    expect(map.movedTo(toEmail(email))).toBe(expected);
  });

  it('A domain alias leads nowhere when the address at the new domain would be too long', () => {
    const long = `@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.com`;
    const moving = toAliasMap([toDomain('@old.example.com', long)]);
    expect(moving.movedTo(toEmail(`${'j'.repeat(60)}@old.example.com`))).toBeUndefined();
  });
});

it.each<[string, string, [string, string][], boolean, string]>([
  ['@a.example', '@b.example', [], false, 'a first rule'],
  ['@a.example', '@a.example', [], true, 'a domain that leads to itself'],
  ['@a.example', '@b.example', [['@b.example', '@c.example']], true, 'one that leads to a former domain'],
  ['@b.example', '@c.example', [['@a.example', '@b.example']], true, 'a former domain that others lead to'],
  ['@a.example', '@c.example', [['@a.example', '@b.example']], false, 'the same domain led elsewhere'],
  ['@a.example', '@c.example', [['@b.example', '@c.example']], false, 'two domains that became one'],
])('%s → %s beside %j leads on: %s, because it is %s', (from, to, standing, expected, _why) => {
  const [alias, toDomainName] = [parseEmailDomain(from), parseEmailDomain(to)];
  if (alias === undefined || toDomainName === undefined) throw new Error('a fixture is not valid');
  expect(
    makesChain(
      alias,
      toDomainName,
      standing.map(([a, b]) => toDomain(a, b)),
    ),
  ).toBe(expected);
});
