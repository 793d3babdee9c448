import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { leadsFrom, normalizeEmail, parseOwnerEmail, readOwnerEmail, spellingsOf } from '../../lib/domain/email.ts';
import { anyText } from '../support/any-text.ts';

const shortText = anyText({ maxLength: 60 });
/** Characters whose lower case, composition or place in a word is unusual, among plain ones. */
const awkwardText = fc
  .array(fc.constantFrom(...'aZİIıßẞΣσςÅÅKK<>@.: ,"#\u0307\u0323\u0308\u0345\u0301\u200b\ufeff\u00ad\u1fbc\ud800'), {
    maxLength: 20,
  })
  .map((characters) => characters.join(''));
const localPart = fc.string({ unit: fc.constantFrom(...'abcXYZ019.+-_#éßİΣ\u0308'), minLength: 1, maxLength: 20 });
const labels = fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 2, maxLength: 4 });
const label = anyText({ minLength: 1, maxLength: 8 });
const internationalDomain = fc
  .array(fc.oneof(label, fc.stringMatching(/^[a-z]{1,6}$/), fc.constantFrom('bücher', 'ΟΔΟΣ', 'straße', 'пример')))
  .map((parts) => parts.join('.'));
const address = fc.tuple(localPart, labels).map(([local, domain]) => `${local}@${domain.join('.')}`);
const around = fc.string({
  unit: fc.constantFrom(' ', '\t', '\n', '\u00a0', '\u200b', '\u202c', '\ufeff'),
  maxLength: 6,
});

const plainParts = fc.array(
  fc.constantFrom('a', 'z9', '.', '-', '--', '+', "'", '|', '{', '!', '@', 'xn--', 'a'.repeat(62), 'null', 'A', 'é'),
  {
    maxLength: 12,
  },
);

it('A text is read alike whether or not it has to be trimmed first', () => {
  fc.assert(
    fc.property(plainParts, fc.constantFrom('', '@ab.example', '@xn--bcher-kva.example'), (parts, end) => {
      const text = `${parts.join('')}${end}`;
      expect(readOwnerEmail(text)).toEqual(readOwnerEmail(` ${text}`));
    }),
    { numRuns: 3_000 },
  );
});

it('[P10] Normalizing any email text twice gives the same result as normalizing it once', () => {
  fc.assert(
    fc.property(fc.oneof(shortText, awkwardText, address), (text) => {
      const once = normalizeEmail(text);
      expect(normalizeEmail(once)).toBe(once);
    }),
    { numRuns: 10_000 },
  );
});

it('[P10] A normalized address is read as itself, in inputs and in owner rows', () => {
  fc.assert(
    fc.property(fc.oneof(shortText, awkwardText, address), (text) => {
      const reading = readOwnerEmail(text);
      const email = reading.kind === 'email' ? reading.email : (parseOwnerEmail(text) ?? 'jane@example.com');
      expect(readOwnerEmail(email)).toEqual({ kind: 'email', email });
      expect(parseOwnerEmail(email)).toBe(email);
    }),
    { numRuns: 5_000 },
  );
});

it('[O9] Every spelling of an address gives the one form that is the key of the cache', () => {
  fc.assert(
    fc.property(address, around, around, (text, before, behind) => {
      const written = parseOwnerEmail(text);
      const spellings = [
        `${before}${text}${behind}`,
        text.normalize('NFD'),
        `mailto:${text}`,
        `Jane <${before}${text}${behind}>`,
      ];
      const expected = written === undefined ? { kind: 'invalid' } : { kind: 'email', email: written };
      expect(spellings.map(readOwnerEmail)).toMatchObject(spellings.map(() => expected));
    }),
    { numRuns: 3_000 },
  );
});

it('[M3] HubSpot is asked for an address in each spelling from which the cache lets it lead to somebody', () => {
  fc.assert(
    fc.property(address, fc.constantFrom('', '.invalid', '.invalid.invalid'), (text, suffix) => {
      const held = parseOwnerEmail(`${text}${suffix}`);
      for (const email of held === undefined ? [] : leadsFrom(held)) expect(spellingsOf(email)).toContain(held);
    }),
    { numRuns: 2_000 },
  );
});

it('[P9] Two addresses are never read as one, whatever separates them', () => {
  const separators = [';', ',', ' ', '\n', '\t', '|', '/', ', ', ' or ', '<', '>', '><', '\u200b', '@'];
  fc.assert(
    fc.property(address, address, fc.constantFrom(...separators), (first, second, separator) => {
      fc.pre(normalizeEmail(first) !== normalizeEmail(second));
      expect(readOwnerEmail(`${first}${separator}${second}`)).toMatchObject({ kind: 'invalid' });
    }),
    { numRuns: 2_000 },
  );
});

it('[T5] Normalizing any domain twice gives the same result as normalizing it once', () => {
  fc.assert(
    fc.property(internationalDomain, (domain) => {
      const once = normalizeEmail(`zoe@${domain}`);
      expect(normalizeEmail(once)).toBe(once);
    }),
    { numRuns: 10_000 },
  );
});

it('[T5] A domain in punycode is read as the same domain in Unicode', () => {
  const letters = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter((text) => /^[\p{L}\p{M}]+$/u.test(text));
  const domain = fc.oneof(letters, fc.constantFrom('bücher', 'ΟΔΟΣ', 'straße', 'пример', 'ＢÜcher', 'example'));
  fc.assert(
    fc.property(domain, fc.constantFrom('example', 'de'), (name, tld) => {
      const punycode = domainToASCII(name);
      fc.pre(punycode.startsWith('xn--') && punycode.length <= 63);
      const inUnicode = readOwnerEmail(`zoe@${name}.${tld}`);
      fc.pre(inUnicode.kind === 'email');
      expect(readOwnerEmail(`zoe@${punycode}.${tld}`)).toEqual(inUnicode);
      expect(parseOwnerEmail(`ZOE@${punycode.toUpperCase()}.${tld}`)).toBe(
        inUnicode.kind === 'email' && inUnicode.email,
      );
    }),
    { numRuns: 3_000 },
  );
});

/** Every character that shows nothing, found without the code under test. */
function hiddenCharacters(): string[] {
  const isHidden = /^[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Zs}\u2800\u3164\uffa0\u115f\u1160\ufffc]$/u;
  return Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter((text) =>
    isHidden.test(text),
  );
}

it('[T7] Invisible characters are removed at the ends of an address and reported inside it', () => {
  const hidden = hiddenCharacters();
  expect(hidden.length).toBeGreaterThan(4_000);
  const [ends, inside, inDomain] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const character of hidden) {
    ends.add(JSON.stringify(readOwnerEmail(`${character}jane@example.com${character}`)));
    if (character === ' ') continue;
    inside.add(JSON.stringify(readOwnerEmail(`ja${character}ne@example.com`)));
    inDomain.add(JSON.stringify(readOwnerEmail(`zoe@bü${character}cher.example`)));
  }
  expect([...ends]).toEqual([JSON.stringify({ kind: 'email', email: 'jane@example.com' })]);
  expect([...inside, ...inDomain]).toEqual(
    Array(2).fill(JSON.stringify({ kind: 'invalid', reason: 'hidden_character' })),
  );
});

it('[T6] A text with one at sign is never reported as several addresses', () => {
  fc.assert(
    fc.property(
      fc.oneof(shortText, awkwardText, address),
      fc.constantFrom('', ';', '/', '|', ' x', '<', '"'),
      (text, more) => {
        const reading = readOwnerEmail(`${text}${more}`);
        fc.pre(`${text}${more}`.split('@').length <= 2);
        expect(reading).not.toMatchObject({ reason: 'several_addresses' });
      },
    ),
    { numRuns: 3_000 },
  );
});

it.each([
  ['a@', 'labels without end', `a@${'a.'.repeat(50_000)}`],
  ['dots', 'only dots', '.'.repeat(100_000)],
  ['at', 'only at signs', '@'.repeat(100_000)],
  ['space', 'white space before a letter', `${' '.repeat(100_000)}a`],
  ['marks', 'a letter with marks without end', `a${'\u0308'.repeat(100_000)}@example.com`],
  ['open', 'open brackets', '<'.repeat(100_000)],
  ['link', 'links in links', 'mailto:'.repeat(15_000)],
  ['digits', 'digits', '1'.repeat(100_000)],
])(
  '[P11, X8] An email input of 100,000 hostile characters is refused because of its length (%s: %s)',
  (_name, _why, text) => {
    const work = jest.spyOn(String.prototype, 'normalize');
    expect(readOwnerEmail(text)).toEqual({ kind: 'invalid', reason: 'too_long' });
    expect(parseOwnerEmail(text)).toBeUndefined();
    expect(work).not.toHaveBeenCalled();
  },
);
