import conditionParser from 'dynalite/db/conditionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import fc from 'fast-check';
import { rememberParsed } from '../support/parsed-expressions.ts';

const { parse } = conditionParser;
const isReserved = (name: string) => name.toLowerCase() === 'state';

const operand = fc.constantFrom('#a', '#b', 'c', 'state', ':s', ':n', ':m', 'size(#a)', '#a.#b', 'c[1]', ':unknown');
const simple = fc.oneof(
  fc.tuple(operand, fc.constantFrom('=', '<', '<>', '>='), operand).map((parts) => parts.join(' ')),
  fc.constantFrom(
    'attribute_exists(#a)',
    'attribute_not_exists(c)',
    'begins_with(#b, :s)',
    'contains(c, :n)',
    'nothing(',
  ),
  fc.tuple(operand, operand).map(([one, other]) => `${one} IN (${other}, :s)`),
  fc.tuple(operand, operand).map(([one, other]) => `#a BETWEEN ${one} AND ${other}`),
  fc.constant('attribute_type(#a, :s)'),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 2 },
    simple,
    fc.tuple(tie('expression'), fc.constantFrom('AND', 'OR'), tie('expression')).map((parts) => parts.join(' ')),
    tie('expression').map((inner) => `NOT (${inner})`),
    fc.tuple(tie('expression'), simple).map(([inner, other]) => `(${inner}) AND ${other}`),
  ),
}));
const path = fc.constantFrom('#a', '#b', 'c', '#a.#b', 'c[1]', 'd');
const value = fc.constantFrom(':s', ':n', ':m', '#a');
const clauses = fc.tuple(
  fc.constantFrom('SET', 'set'),
  fc.oneof(
    fc.tuple(path, fc.oneof(operand, value)).map(([to, from]) => `${to} = ${from}`),
    fc.tuple(path, operand, fc.constantFrom('+', '-')).map(([to, from, sign]) => `${to} = ${from} ${sign} :n`),
    fc.tuple(path, path, value).map(([to, from, other]) => `${to} = if_not_exists(${from}, ${other}), e = :m`),
    fc.tuple(path, operand).map(([to, other]) => `${to} = list_append(f, ${other})`),
  ),
  fc.oneof(
    path.map((one) => ` REMOVE g, ${one}`),
    fc.tuple(fc.constantFrom('ADD', 'DELETE'), path, value).map((parts) => ` ${parts.join(' ')}`),
    fc.constant(''),
  ),
);
const update = clauses.map(([set, one, other]) => `${set} ${one}${other}`);
const given = fc.record({
  attrNames: fc.record(
    { '#a': fc.constantFrom('a', 'state'), '#b': fc.constantFrom('b', 'a') },
    { requiredKeys: ['#a'] },
  ),
  attrVals: fc.record({
    ':s': fc.oneof(fc.record({ S: fc.constantFrom('N', 'text') }), fc.record({ N: fc.constant('7') })),
    ':n': fc.record({ N: fc.nat().map(String) }),
    ':m': fc.record({ M: fc.record({ inner: fc.record({ S: fc.string() }) }) }),
  }),
});
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

/** What a parser makes of it, and what it leaves unused. */
function outcome(use: typeof parse, text: string, { attrNames, attrVals }: Given) {
  const [unusedAttrNames, unusedAttrVals] = [{ ...attrNames }, { ...attrVals }];
  const compare = (_kind: string, x: { N?: string }, y: { N?: string }) => Number(x.N) > Number(y.N);
  const context = {
    attrNames: attrNames as Record<string, string>,
    attrVals,
    unusedAttrNames,
    unusedAttrVals,
    isReserved,
  };
  try {
    const parsed = use(text, { context: Object.assign(context, { compare }) });
    return { parsed, unusedAttrNames, unusedAttrVals };
  } catch (error) {
    return { error: String(error) };
  }
}

it.each([
  { what: 'A condition', of: conditionParser.parse, texts: expression },
  { what: 'An update', of: updateParser.parse, texts: update },
])('$what that was parsed before gives the same result as in dynalite, with the current values', ({ of, texts }) => {
  const remembered = rememberParsed(of);
  let parsed = 0;
  const law = fc.property(texts, fc.array(given, { minLength: 2, maxLength: 4 }), (text, all) => {
    for (const each of all) {
      const expected = outcome(of, text, each);
      if (typeof expected.parsed === 'object') parsed += 1;
      expect(outcome(remembered, text, each)).toEqual(expected);
    }
  });
  fc.assert(law, { numRuns: 200 });
  expect(parsed).toBeGreaterThan(100);
});

it('A caller may change a parsed condition without affecting the next caller', () => {
  const remembered = rememberParsed(parse);
  const values: Given = {
    attrNames: { '#a': 'a' },
    attrVals: { ':s': { S: 'text' }, ':n': { N: '1' }, ':m': { M: { inner: { S: '' } } } },
  };
  const first = outcome(remembered, '#a = :s', values);
  const expected = structuredClone(first.parsed);
  Object.assign(first.parsed as object, { expression: 'changed' });
  expect(outcome(remembered, '#a = :s', values).parsed).toEqual(expected);
});
