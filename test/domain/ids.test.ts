import { parseObjectId, parseOwnerId, parsePortalId, parseUserId } from '../../lib/domain/ids.ts';

const PARSERS = { parsePortalId, parseOwnerId, parseUserId, parseObjectId };

describe.each(Object.entries(PARSERS))('%s', (_name, parse) => {
  it.each<[string, unknown, string]>([
    ['digits', '410000001', '410000001'],
    ['a number', 410_000_001, '410000001'],
    ['the largest exact number', Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['more digits than a number holds, as text', '90071992547409931234', '90071992547409931234'],
  ])('An ID parser reads %s', (_why, value, expected) => {
    expect(parse(value)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['zero', 0],
    ['zero as text', '0'],
    ['a leading zero, which would be a second name for one id', '0410000001'],
    ['a negative number', -1],
    ['a fraction', 1.5],
    ['a number that lost digits in JSON', JSON.parse('9007199254740993')],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['21 digits', '1'.repeat(21)],
    ['nothing', ''],
    ['space around', ' 41 '],
    ['a line break at the end', '41\n'],
    ['a path', '../owners'],
    ['a query', '1?x='],
    ['hexadecimal', '0x1f'],
    ['digits of another script', '٤١'],
    ['null', null],
    ['undefined', undefined],
    ['an array', ['41']],
    ['an object', { toString: () => '41' }],
    ['a big integer', 41n],
  ])('An ID parser refuses %s', (_why, value) => {
    expect(parse(value)).toBeUndefined();
  });
});
