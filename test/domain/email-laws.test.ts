import fc from 'fast-check';
import { normalizeEmail, parseOwnerEmail, readOwnerEmail } from '../../lib/domain/email.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
/** Characters whose lower case, composition or place in a word is unusual, among plain ones. */
const awkwardText = fc
  .array(fc.constantFrom(...'aZİIıßẞΣσςÅÅKK<>@.: ,"#\u0307\u0323\u0308\u0345\u0301\u200b\ufeff\u00ad\u1fbc\ud800'), {
    maxLength: 20,
  })
  .map((characters) => characters.join(''));
const localPart = fc.string({ unit: fc.constantFrom(...'abcXYZ019.+-_#éßİΣ\u0308'), minLength: 1, maxLength: 20 });
const labels = fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 2, maxLength: 4 });
const address = fc.tuple(localPart, labels).map(([local, domain]) => `${local}@${domain.join('.')}`);
const around = fc.string({
  unit: fc.constantFrom(' ', '\t', '\n', '\u00a0', '\u200b', '\u202c', '\ufeff'),
  maxLength: 6,
});

it('[P10] normalises once as well as twice, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, awkwardText, address), (text) => {
      const once = normalizeEmail(text);
      expect(normalizeEmail(once)).toBe(once);
    }),
    { numRuns: 10_000 },
  );
});

it('[P10] reads an address that it has read as itself, in inputs and in owner rows', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, awkwardText, address), (text) => {
      const reading = readOwnerEmail(text);
      const email = reading.kind === 'email' ? reading.email : (parseOwnerEmail(text) ?? 'jane@example.com');
      expect(readOwnerEmail(email)).toEqual({ kind: 'email', email });
      expect(parseOwnerEmail(email)).toBe(email);
    }),
    { numRuns: 5_000 },
  );
});

it('[O9] brings every spelling of an address to the one form that the cache is keyed by', () => {
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
      expect(spellings.map(readOwnerEmail)).toEqual(spellings.map(() => expected));
    }),
    { numRuns: 3_000 },
  );
});

it('[P9] never reads two addresses as one, whatever stands between them', () => {
  const separators = [';', ',', ' ', '\n', '\t', '|', '/', ', ', ' or ', '<', '>', '><', '\u200b', '@'];
  fc.assert(
    fc.property(address, address, fc.constantFrom(...separators), (first, second, separator) => {
      expect(readOwnerEmail(`${first}${separator}${second}`)).toEqual({ kind: 'invalid' });
    }),
    { numRuns: 2_000 },
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
])('[P11, X8] refuses 100,000 hostile characters by their number (%s: %s)', (_name, _why, text) => {
  const work = jest.spyOn(String.prototype, 'normalize');
  expect(readOwnerEmail(text)).toEqual({ kind: 'invalid' });
  expect(parseOwnerEmail(text)).toBeUndefined();
  expect(work).not.toHaveBeenCalled();
});
