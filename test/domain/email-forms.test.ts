import { parseOwnerEmail, readOwnerEmail } from '../../lib/domain/email.ts';

const LOCAL_64 = 'l'.repeat(64);
const LABEL_63 = 'd'.repeat(63);
/** 64 + 1 + 63 + 1 + 63 + 1 + 61 = 254 characters. */
const ADDRESS_254 = `${LOCAL_64}@${LABEL_63}.${LABEL_63}.${'t'.repeat(61)}`;
const ADDRESS_255 = `${LOCAL_64}@${LABEL_63}.${LABEL_63}.${'t'.repeat(62)}`;

describe('forms that are the same address', () => {
  it.each<[string, string, string]>([
    ['jane@example.com', 'jane@example.com', 'as it is'],
    ['JANE@Example.COM', 'jane@example.com', 'upper case'],
    ['  jane@example.com\t\r\n', 'jane@example.com', 'white space around'],
    ['\u00a0jane@example.com\u3000', 'jane@example.com', 'no-break and ideographic space around'],
    ['\ufeffjane@example.com', 'jane@example.com', 'a byte order mark'],
    ['\u200bjane@example.com\u200d', 'jane@example.com', '[P10] zero-width characters around'],
    ['\u202ajane@example.com\u202c', 'jane@example.com', '[P10] direction marks around, as Outlook pastes them'],
    ['\u200fjane@example.com\u2069', 'jane@example.com', '[P10] right-to-left marks around'],
    ['<jane@example.com>', 'jane@example.com', '[P9] angle brackets'],
    ['Jane Doe <jane@example.com>', 'jane@example.com', '[P9] a display name'],
    ['"Doe, Jane" <Jane@Example.com>', 'jane@example.com', '[P9] a quoted display name with a comma'],
    ['Jane < jane@example.com >', 'jane@example.com', '[P9] space inside the brackets'],
    ['Zoë (Sales) <zoe@example.com>', 'zoe@example.com', '[P9] a display name beyond ASCII'],
    ['mailto:jane@example.com', 'jane@example.com', '[P9] a link'],
    ['MAILTO:Jane@example.com', 'jane@example.com', '[P9] a link in upper case'],
    ['mailto:jane@example.com?subject=Hello%20you', 'jane@example.com', '[P9] a link with a query'],
    ['<mailto:jane@example.com>', 'jane@example.com', '[P9] a link in brackets'],
    ['Jane <mailto:jane@example.com?subject=x>', 'jane@example.com', '[P9] a link behind a display name'],
    ['jane+sales@example.com', 'jane+sales@example.com', 'plus addressing is part of the address'],
    ["o'neil@example.com", "o'neil@example.com", 'an apostrophe is part of the address'],
    ['a#b@example.com', 'a#b@example.com', 'the delimiter of our keys'],
    ['jane@example.com.invalid', 'jane@example.com.invalid', 'the suffix of sandbox portals'],
    ['jane@büro.example.com', 'jane@büro.example.com', 'an international domain'],
    ['zoe\u0308@example.com', 'zo\u00eb@example.com', '[P10] NFD becomes NFC'],
    ['ZOE\u0308@example.com', 'zo\u00eb@example.com', '[P10] NFD in upper case'],
    ['\u0130@example.com', 'i\u0307@example.com', '[P10] İ lower-cases to two code units'],
    ['\u212aate@example.com', 'kate@example.com', '[P10] the Kelvin sign is canonically a K'],
    [ADDRESS_254, ADDRESS_254, '[P11] 254 characters'],
    [`Somebody <${ADDRESS_254}>`, ADDRESS_254, '[P11] the limit is on the address, not on what is around it'],
  ])('reads %j as %j: %s', (input, expected) => {
    expect(readOwnerEmail(input)).toEqual({ kind: 'email', email: expected });
  });
});

describe('input that is not one address', () => {
  const REFUSED: readonly (readonly [input: string, why: string])[] = [
    ['jane', 'no at sign'],
    ['@example.com', 'nothing before the at sign'],
    ['jane@', 'nothing behind it'],
    ['jane@example', 'a domain without a dot'],
    ['jane@@example.com', 'two at signs'],
    ['jane@example.com.', '[P9] a trailing dot'],
    ['jane@.example.com', '[P9] a leading dot in the domain'],
    ['jane@example..com', '[P9] an empty label'],
    ['jane@-example.com', 'a label that begins with a hyphen'],
    ['jane@example-.com', 'a label that ends with a hyphen'],
    ['"jane"@example.com', '[P9] a quoted local part'],
    ['"jane@example.com"', '[P9] quotes around'],
    ["'jane@example.com'", '[P9] apostrophes around'],
    ['jane@example.com (Jane)', '[P9] a comment'],
    ['jane@example.com; bob@example.com', '[P9] two addresses with a semicolon'],
    ['jane@example.com,bob@example.com', '[P9] two addresses with a comma'],
    ['jane@example.com bob@example.com', '[P9] two addresses with a space'],
    ['jane@example.com\nbob@example.com', '[P9] two addresses with a line break'],
    ['Jane <jane@example.com>, Bob <bob@example.com>', '[P9] two display names'],
    ['bob@example.com <jane@example.com>', '[P9] an address as display name of another'],
    ['mailto:jane@example.com,bob@example.com', '[P9] a link to two'],
    ['mailto:jane%40example.com', '[P9] an encoded link is not decoded'],
    ['mailto:', '[P9] a link to nobody'],
    ['mailto:mailto:jane@example.com', '[P9] a link in a link'],
    ['<<jane@example.com>>', '[P9] brackets in brackets'],
    ['Jane <jane@example.com', '[P9] an open bracket'],
    ['jane doe@example.com', 'a space inside'],
    ['jane@exa mple.com', 'a space in the domain'],
    ['ja\u200bne@example.com', '[P10] a zero-width space inside'],
    ['jane@exam\u00adple.com', '[P10] a soft hyphen inside'],
    ['ja\u202ene@example.com', '[P10] a right-to-left override inside'],
    ['jane\u0000@example.com', 'a control character'],
    ['jane\ud800@example.com', '[P10] half a surrogate pair'],
    ['jane\uff20example.com', '[P10] a full-width at sign'],
    ['１２３', '[P10] full-width digits are no id'],
    ['{{ contact.owner }}', 'a token that was not filled in'],
    ['-1', 'a negative number'],
    ['12.5', 'a fraction'],
    ['1'.repeat(21), 'more digits than an id has'],
    [ADDRESS_255, '[P11] 255 characters'],
    [`${'l'.repeat(65)}@example.com`, '[P11] a local part of 65'],
    [`jane@${'d'.repeat(64)}.example.com`, '[P11] a label of 64'],
    [`jane@example.com${' '.repeat(1_010)}`, '[P11] more input than any address with its surroundings'],
    [`jane@${'a.'.repeat(500_000)}com`, '[P11] a megabyte'],
  ];
  it.each(REFUSED.map(([input, why]) => ({ input, why })))('refuses $why', ({ input }) => {
    expect(readOwnerEmail(input)).toEqual({ kind: 'invalid' });
  });

  it.each<[string | null | undefined, string]>([
    [undefined, 'not given'],
    [null, 'null'],
    ['', 'empty'],
    [' \t\n', 'white space'],
    ['\u200b\ufeff', 'only what cannot be seen'],
    ['null', 'the word that a mapping writes for nothing'],
    [' NULL ', 'the same in upper case'],
    ['undefined', 'the other such word'],
  ])('calls %j missing: %s', (input) => {
    expect(readOwnerEmail(input)).toEqual({ kind: 'missing' });
  });

  it.each([
    ['410000001', '410000001', 'an id'],
    [' 410000001\n', '410000001', 'white space around'],
    ['0410000001', '0410000001', 'a leading zero'],
    ['1'.repeat(20), '1'.repeat(20), 'as many digits as an id may have'],
  ])('calls %j a number: %s', (input, digits) => {
    expect(readOwnerEmail(input)).toEqual({ kind: 'number', digits });
  });
});

describe('lookalikes', () => {
  it.each([
    ['j\u0430ne@example.com', '[P10] a Cyrillic a'],
    ['jane@ex\u0430mple.com', '[P10] a Cyrillic a in the domain'],
    ['ja\u0578e@example.com', '[P10] an Armenian n'],
    ['\uff4aane@example.com', '[P10] a full-width j'],
    ['jane@example\u3002com', '[P10] an ideographic full stop'],
    ['jan\u0435@example.com', '[P10] a Cyrillic e'],
    ['j\u0251ne@example.com', '[P10] a Latin alpha'],
  ])('never reads %j as jane@example.com: %s', (input) => {
    expect(readOwnerEmail(input)).not.toEqual(readOwnerEmail('jane@example.com'));
  });

  it('[P10] keeps İ, I and ı three different people', () => {
    const addresses = ['\u0130an@example.com', 'Ian@example.com', '\u0131an@example.com'].map(parseOwnerEmail);
    expect(new Set(addresses).size).toBe(3);
  });
});

describe('the email of an owner row', () => {
  const ROWS: readonly (readonly [value: string | null | undefined, expected: string | undefined, why: string])[] = [
    [' Jane@Example.COM ', 'jane@example.com', '[O9] upper case and white space'],
    [null, undefined, '[O1] null'],
    [undefined, undefined, '[O1] absent'],
    ['', undefined, '[O1] empty'],
    ['Jane <jane@example.com>', undefined, 'HubSpot stores addresses, not display names'],
    ['j'.repeat(1_000_000), undefined, '[P11] a megabyte'],
  ];
  it.each(ROWS.map(([value, expected, why]) => ({ value, expected, why })))(
    'is $expected for $why',
    ({ value, expected }) => {
      expect(parseOwnerEmail(value)).toBe(expected);
    },
  );
});
