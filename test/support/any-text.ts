import fc from 'fast-check';

/**
 * Any character of Unicode. `unit: 'binary'` of fast-check is the same, and makes each test file that uses it wait a second or
 * more for a table of all of them.
 */
const anyCharacter = fc
  .integer({ min: 0, max: 0x10_ffff - 0x800 })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));

/** Names that objects have of their own, which fast-check puts among its own texts as well. */
const TREACHEROUS = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'];

/** Any text without halves of surrogate pairs. */
export function anyText(size: { readonly minLength?: number; readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = size;
  const names = TREACHEROUS.filter(({ length }) => length >= minLength && length <= maxLength);
  const text = fc.string({ unit: anyCharacter, ...size });
  return names.length === 0 ? text : fc.oneof({ weight: 15, arbitrary: text }, fc.constantFrom(...names));
}
