import {
  type EmailFault,
  leadsFrom,
  parseOwnerEmail,
  readOwnerEmail,
  spellingsOf,
  withoutSandboxSuffix,
} from '../../lib/domain/email.ts';

const LOCAL_64 = 'l'.repeat(64);
const LABEL_63 = 'd'.repeat(63);
/** 64 + 1 + 63 + 1 + 63 + 1 + 61 = 254 characters. */
const ADDRESS_254 = `${LOCAL_64}@${LABEL_63}.${LABEL_63}.${'t'.repeat(61)}`;
const ADDRESS_255 = `${LOCAL_64}@${LABEL_63}.${LABEL_63}.${'t'.repeat(62)}`;

describe('Forms of the same address', () => {
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
    ['mailto://jane@example.com', 'jane@example.com', '[T6] a link written like a web address'],
    ['mailto:jane%2Bsales@example.com', 'jane+sales@example.com', '[T6] a link with an encoded plus'],
    ['mailto:jane%40example.com', 'jane@example.com', '[T6] a link with an encoded at sign'],
    ['mailto:zoe@b%C3%BCcher.example?cc=bob@example.com', 'zoe@bücher.example', '[T6] a link with encoded UTF-8'],
    ['mailto:Jane%20Doe%20%3Cjane@example.com%3E', 'jane@example.com', '[T6] a link with an encoded display name'],
    [
      'mailto:jane%40example.com%2C%20JANE%40example.com',
      'jane@example.com',
      '[T6] a link to one address twice, encoded',
    ],
    ['jane@example.com;', 'jane@example.com', '[T6] a semicolon behind it, as in a list of one'],
    [' ,; jane@example.com ;,\u200b', 'jane@example.com', '[T6] list punctuation on both sides'],
    ['jane@example.com；', 'jane@example.com', '[T6] a full-width semicolon behind it, as Japanese keyboards type it'],
    ['､jane@example.com﹐', 'jane@example.com', '[T6] a half-width ideographic comma and a small one'],
    ['jane@example.com﹔JANE@example.com﹑', 'jane@example.com', '[T6] small list punctuation'],
    ['、jane@example.com，', 'jane@example.com', '[T6] ideographic and full-width commas'],
    ['jane@example.com، JANE@example.com؛', 'jane@example.com', '[T6] Arabic list punctuation'],
    ['jane@example.com / Jane@example.com', 'jane@example.com', '[T6] one address twice with a slash'],
    ['jane@example.com/mailto:jane@example.com', 'jane@example.com', '[T6] an address and its link with a slash'],
    ['Jane Doe <jane@example.com>;', 'jane@example.com', '[T6] a display name in a list of one'],
    ['Doe, Jane <jane@example.com>', 'jane@example.com', '[T6] a display name with a comma and no quotes'],
    ['"jane@example.com" <jane@example.com>', 'jane@example.com', '[T6] the address as its own display name'],
    ["'Jane@Example.com' <jane@example.com>", 'jane@example.com', '[T6] the same in apostrophes, as Outlook writes it'],
    ['jane＠example.com <jane@example.com>', 'jane@example.com', '[T6] the same with a full-width @'],
    ['山田＠営業部 <jane@example.com>', 'jane@example.com', '[T6] a name and a department'],
    ['jane@example.com <mailto:jane@example.com>', 'jane@example.com', '[T6] an address and its link'],
    ['jane@example.com (mailto:jane@example.com)', 'jane@example.com', '[T6] the same in round brackets'],
    ['[jane@example.com](mailto:jane@example.com)', 'jane@example.com', '[T6] a Markdown link'],
    ['<mailto:jane@example.com|jane@example.com>', 'jane@example.com', '[T6] a Slack link'],
    ['jane@example.com; JANE@example.com', 'jane@example.com', '[T6] one address twice in a list'],
    ['jane@example.com\njane@example.com', 'jane@example.com', '[T6] one address on two lines'],
    ['mailto:?to=jane%2Bsales@example.com', 'jane+sales@example.com', '[T6] a link with its address in the query'],
    ['mailto:jane@example.com?subject=x&to=Jane@example.com', 'jane@example.com', '[T6] a link to one address twice'],
    ['mailto:jane@example.com,jane@example.com', 'jane@example.com', '[T6] a link to one address twice'],
    ['Jane <jane@example.com>, J. Doe <jane@example.com>', 'jane@example.com', '[T6] two names of one address'],
    ['zoe@xn--bcher-kva.example', 'zoe@bücher.example', '[T5] a domain in punycode'],
    ['Zoe@XN--BCHER-KVA.Example', 'zoe@bücher.example', '[T5] punycode in upper case'],
    ['zoe@BU\u0308CHER.example', 'zoe@bücher.example', '[T5] the same domain in Unicode, in upper case and NFD'],
    ['zoe@xn--e1afmkfd.xn--e1afmkfd', 'zoe@пример.пример', '[T5] punycode in every label'],
    ['zoe@xn--a.example', 'zoe@xn--a.example', '[T5] what only looks like punycode stays'],
    ['zoe@xn--ls8h.example', 'zoe@xn--ls8h.example', '[T5] punycode of a picture stays: a picture is in no address'],
    ['jane@example.com\ufe0f', 'jane@example.com', '[T7] a variation selector behind it'],
    ['jane@example.com\u0000', 'jane@example.com', '[T7] a NUL behind it'],
    ['\u2800jane@example.com\u3164\ufffc', 'jane@example.com', '[T7] blank glyphs and a lost picture around it'],
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
  ])('The input %j is read as %j: %s', (input, expected) => {
    expect(readOwnerEmail(input)).toEqual({ kind: 'email', email: expected });
  });
});

describe('Input that is not one address', () => {
  const REFUSED: readonly (readonly [input: string, reason: EmailFault, why: string])[] = [
    ['jane', 'not_an_address', 'no at sign'],
    ['@example.com', 'not_an_address', 'nothing before the at sign'],
    ['jane@', 'not_an_address', 'nothing behind it'],
    ['jane@example', 'not_an_address', 'a domain without a dot'],
    ['jane@@example.com', 'not_an_address', 'two at signs'],
    ['jane@example.com.', 'not_an_address', '[P9] a trailing dot'],
    ['jane@.example.com', 'not_an_address', '[P9] a leading dot in the domain'],
    ['jane@example..com', 'not_an_address', '[P9] an empty label'],
    ['jane@-example.com', 'not_an_address', 'a label that begins with a hyphen'],
    ['jane@example-.com', 'not_an_address', 'a label that ends with a hyphen'],
    ['"jane"@example.com', 'not_an_address', '[P9] a quoted local part'],
    ['"jane@example.com"', 'not_an_address', '[P9] quotes around'],
    ["'jane@example.com'", 'not_an_address', '[P9] apostrophes around'],
    ['jane@example.com (Jane)', 'not_an_address', '[P9] a comment'],
    ['<jane@example.com> Jane', 'not_an_address', '[P9] a name behind the brackets'],
    ['jane@example.com; bob@example.com', 'several_addresses', '[P9] two addresses with a semicolon'],
    ['jane@example.com,bob@example.com', 'several_addresses', '[P9] two addresses with a comma'],
    ['jane@example.com bob@example.com', 'several_addresses', '[P9] two addresses with a space'],
    ['jane@example.com\nbob@example.com', 'several_addresses', '[P9] two addresses with a line break'],
    ['jane@example.com / bob@example.com', 'several_addresses', '[P9] two addresses with a slash'],
    ['jane@example.com；bob@example.com', 'several_addresses', '[T6] two addresses with a full-width semicolon'],
    ['jane@example.com、bob@example.com', 'several_addresses', '[T6] two addresses with an ideographic comma'],
    ['jane@example.com､bob@example.com', 'several_addresses', '[T6] two addresses with a half-width comma'],
    ['jane@example.com/bob@example.com', 'several_addresses', '[T6] two addresses with a slash and no space'],
    ['Jane <jane@example.com>, Bob <bob@example.com>', 'several_addresses', '[P9] two display names'],
    ['bob@example.com <jane@example.com>', 'several_addresses', '[P9] an address as display name of another'],
    ["'bob@example.com' <jane@example.com>", 'several_addresses', '[T6] the same in apostrophes, as Outlook writes it'],
    ['bob@host <jane@example.com>', 'not_an_address', '[P9] half an address as display name of another'],
    ['bob＠example.com <jane@example.com>', 'not_an_address', '[T6] an address with a full-width @ as display name'],
    ['"bob﹫example.com" <jane@example.com>', 'not_an_address', '[T6] the same with a small @'],
    ['mailto:jane@example.com,bob@example.com', 'several_addresses', '[P9] a link to two'],
    ['mailto:jane@example.com?to=bob@example.com', 'several_addresses', '[T6] a link to one more in its query'],
    ['mailto:jane@example.com?cc=x&To=bob%40example.com', 'several_addresses', '[T6] the same behind another field'],
    ['mailto:jane@example.com?cc=x&amp;to=bob@example.com', 'several_addresses', '[T6] the same in the text of a page'],
    ['Jane <mailto:jane@example.com?to=bob@example.com>', 'several_addresses', '[T6] the same behind a display name'],
    ['mailto:jane%40example.com%2C%20bob%40example.com', 'several_addresses', '[T6] a link to two, encoded'],
    ['mailto:bob%3Cjane@example.com%3E%20x', 'not_an_address', '[T6] an encoded name behind the brackets'],
    ['mailto:jane%2540example.com', 'not_an_address', '[T6] a link that was encoded twice'],
    ['jane@example.com (mailto:bob@example.com)', 'several_addresses', '[T6] an address and the link of another'],
    ['mailto:jane%zz@example.com', 'not_an_address', '[T6] a link that cannot be decoded'],
    ['mailto:', 'not_an_address', '[P9] a link to nobody'],
    ['mailto:mailto:jane@example.com', 'not_an_address', '[P9] a link in a link'],
    ['<<jane@example.com>>', 'not_an_address', '[P9] brackets in brackets'],
    ['Jane <jane@example.com', 'not_an_address', '[P9] an open bracket'],
    ['jane doe@example.com', 'not_an_address', '[T6] a space inside is one bad address, not several'],
    ['jane@exa mple.com', 'not_an_address', 'a space in the domain'],
    ['Jane a/b@example.com', 'not_an_address', '[T6] a slash in the one address is not several'],
    ['ja\u200bne@example.com', 'hidden_character', '[T7] a zero-width space inside'],
    ['jane@exam\u00adple.com', 'hidden_character', '[T7] a soft hyphen inside'],
    ['ja\u202ene@example.com', 'hidden_character', '[T7] a right-to-left override inside'],
    ['jane\u0000@example.com', 'hidden_character', '[T7] a control character inside'],
    ['jane@exam\u3164ple.com', 'hidden_character', '[T7] a Hangul filler, which counts as a letter'],
    ['zoe@bu\u034f\u0308cher.example', 'hidden_character', '[T7] a joiner in an international domain'],
    ['Jane <ja\u2060ne@example.com>', 'hidden_character', '[T7] a word joiner inside, behind a display name'],
    [
      'jane@example.com\u200bbob@example.com',
      'several_addresses',
      '[T7] two addresses with nothing to be seen between',
    ],
    ['jane\ud800@example.com', 'not_an_address', '[P10] half a surrogate pair'],
    ['jane\ufffd@example.com', 'not_an_address', '[P10] the replacement for a lost character'],
    ['jane\uff20example.com', 'not_an_address', '[P10] a full-width at sign'],
    ['１２３', 'not_an_address', '[P10] full-width digits are no id'],
    ['{{ contact.owner }}', 'not_an_address', 'a token that was not filled in'],
    ['-1', 'not_an_address', 'a negative number'],
    ['12.5', 'not_an_address', 'a fraction'],
    ['1'.repeat(21), 'not_an_address', 'more digits than an id has'],
    [ADDRESS_255, 'too_long', '[P11] 255 characters'],
    [`Jane <${ADDRESS_255}>`, 'too_long', '[P11] 255 characters behind a display name'],
    [`${'l'.repeat(65)}@example.com`, 'too_long', '[P11] a local part of 65'],
    [`jane@${'d'.repeat(64)}.example.com`, 'too_long', '[P11] a label of 64'],
    [`jane@example.com${' '.repeat(1_010)}`, 'too_long', '[P11] more input than any address with its surroundings'],
    [`jane@${'a.'.repeat(500_000)}com`, 'too_long', '[P11] a megabyte'],
  ];
  it.each(REFUSED.map(([input, reason, why]) => ({ input, reason, why })))(
    'An email input is refused ($why): $reason',
    ({ input, reason }) => {
      expect(readOwnerEmail(input)).toEqual({ kind: 'invalid', reason });
    },
  );

  it.each<[string | null | undefined, string]>([
    [undefined, 'not given'],
    [null, 'null'],
    ['', 'empty'],
    [' \t\n', 'white space'],
    ['\u200b\ufeff', 'only what cannot be seen'],
    ['null', 'the word that a mapping writes for nothing'],
    [' NULL ', 'the same in upper case'],
    ['undefined', 'the other such word'],
    [' ;, ', '[T6] a list of nobody'],
  ])('The email input %j counts as missing: %s', (input) => {
    expect(readOwnerEmail(input)).toEqual({ kind: 'missing' });
  });

  it.each([
    ['410000001', '410000001', 'an id'],
    [' 410000001\n', '410000001', 'white space around'],
    ['0410000001', '0410000001', 'a leading zero'],
    ['410000001;', '410000001', '[T6] a list of one'],
    ['1'.repeat(20), '1'.repeat(20), 'as many digits as an id may have'],
  ])('The email input %j counts as a number: %s', (input, digits) => {
    expect(readOwnerEmail(input)).toEqual({ kind: 'number', digits });
  });
});

describe('Lookalikes', () => {
  it.each([
    ['j\u0430ne@example.com', '[P10] a Cyrillic a'],
    ['jane@ex\u0430mple.com', '[P10] a Cyrillic a in the domain'],
    ['ja\u0578e@example.com', '[P10] an Armenian n'],
    ['\uff4aane@example.com', '[P10] a full-width j'],
    ['jane@example\u3002com', '[P10] an ideographic full stop'],
    ['jane@\uff45xample.com', '[T5] a full-width e in the domain'],
    ['jane@xn--exmple-4nf.com', '[T5] a Cyrillic a in the domain, in punycode'],
    ['jan\u0435@example.com', '[P10] a Cyrillic e'],
    ['j\u0251ne@example.com', '[P10] a Latin alpha'],
  ])('The email %j is never read as jane@example.com: %s', (input) => {
    expect(readOwnerEmail(input)).not.toEqual(readOwnerEmail('jane@example.com'));
  });

  it('[P10] The letters İ, I and ı give emails of three different people', () => {
    const addresses = ['\u0130an@example.com', 'Ian@example.com', '\u0131an@example.com'].map(parseOwnerEmail);
    expect(new Set(addresses).size).toBe(3);
  });
});

describe('The email of an owner row', () => {
  const ROWS: readonly (readonly [value: string | null | undefined, expected: string | undefined, why: string])[] = [
    [' Jane@Example.COM ', 'jane@example.com', '[O9] upper case and white space'],
    [null, undefined, '[O1] null'],
    [undefined, undefined, '[O1] absent'],
    ['', undefined, '[O1] empty'],
    ['Jane <jane@example.com>', undefined, 'HubSpot stores addresses, not display names'],
    ['j'.repeat(1_000_000), undefined, '[P11] a megabyte'],
  ];
  it.each(ROWS.map(([value, expected, why]) => ({ value, expected, why })))(
    'The email of an owner row is read as $expected for $why',
    ({ value, expected }) => {
      expect(parseOwnerEmail(value)).toBe(expected);
    },
  );
});

describe('The suffix of a sandbox', () => {
  const leads = (email: string) => leadsFrom(parseOwnerEmail(email) ?? fail(email));
  const fail = (email: string): never => {
    throw new Error(`${email} is no email`);
  };

  it.each([
    ['jane@example.com', ['jane@example.com']],
    ['jane@example.com.invalid', ['jane@example.com.invalid', 'jane@example.com']],
    ['jane@example.com.invalid.invalid', ['jane@example.com.invalid.invalid']],
    ['jane@corp.invalid', ['jane@corp.invalid']],
  ])('[M3] The owner email %s is found by %j', (email, expected) => {
    expect(leads(email)).toEqual(expected);
    expect(leads(email).at(-1)).toBe(withoutSandboxSuffix(parseOwnerEmail(email) ?? fail(email)));
  });

  it.each<[string, string, string[]]>([
    ['jane@example.com', 'jane@example.com', ['jane@example.com']],
    ['jane@example.com', 'Jane <Jane@Example.com>;', ['jane@example.com', 'Jane@Example.com']],
    ['jane@example.com', 'mailto:Jane%40Example.com?x=y', ['jane@example.com', 'Jane@Example.com']],
    ['jane@example.com', "'Jane@Example.com' <jane@example.com>", ['jane@example.com', 'Jane@Example.com']],
    ['jane@example.com', 'Jane@Example.com/jane@example.com', ['jane@example.com', 'Jane@Example.com']],
    ['jane@example.com', 'mailto:Jane%20%3CJane@Example.com%3E', ['jane@example.com', 'Jane@Example.com']],
    ["o'neil@example.com", "'O'Neil@example.com' <o'neil@example.com>", ["o'neil@example.com", "O'Neil@example.com"]],
    ['zoe@bücher.example', '', ['zoe@bücher.example', 'zoe@xn--bcher-kva.example']],
    ['zoe@bücher.example', 'zoe@xn--bcher-kva.example', ['zoe@bücher.example', 'zoe@xn--bcher-kva.example']],
  ])(
    '[M4] To find %s, given as %j, HubSpot is asked for %j and, in a sandbox, for each with its suffix',
    (email, input, expected) => {
      const suffixed = expected.map((spelling) => `${spelling}.invalid`);
      expect(spellingsOf(parseOwnerEmail(email) ?? fail(email), input)).toEqual([...expected, ...suffixed]);
    },
  );

  it('[M4] The sandbox suffix is not added to an address that already has it', () => {
    const email = parseOwnerEmail('jane@example.com.invalid') ?? fail('jane');
    expect(spellingsOf(email)).toEqual(['jane@example.com.invalid']);
  });
});
