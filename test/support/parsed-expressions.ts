import conditions from 'dynalite/db/conditionParser.js';
import updates from 'dynalite/db/updateParser.js';

type Parse = typeof conditions.parse;
type Context = Parameters<Parse>[1]['context'];
type Known = {
  readonly parsed: object;
  readonly values: NonNullable<Context['attrVals']>;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
};

/** Conditions on a value itself, not only on its type. */
const BY_VALUE = /between|attribute_type/i;

/**
 * Dynalite parses a condition anew with every call, in a time that doubles with each pair of parentheses: half of the work of a
 * refresh. With an update it does the same. An expression that was parsed before, with the same names and with values of the same types, comes to the same.
 */
export function rememberExpressions(): void {
  for (const parser of [conditions, updates]) parser.parse = rememberParsed(parser.parse);
}

export function rememberParsed(parse: Parse): Parse {
  const known = new Map<string, Known>();
  return (expression, { context }) => {
    if (BY_VALUE.test(expression)) return parse(expression, { context });
    const { attrNames = {}, attrVals: values = {}, unusedAttrNames = {}, unusedAttrVals = {} } = context;
    const types = Object.entries(values).map(([name, value]) => [name, Object.keys(value)]);
    const key = JSON.stringify([expression, attrNames, types]);
    const found = known.get(key);
    if (found !== undefined) {
      for (const name of found.usedNames) delete unusedAttrNames[name];
      for (const name of found.usedValues) delete unusedAttrVals[name];
      return copy(found.parsed, pair(found.values, values)) as object;
    }
    const [names, valueNames] = [Object.keys(unusedAttrNames), Object.keys(unusedAttrVals)];
    const parsed = parse(expression, { context });
    // An error may tell of a value.
    if (typeof parsed === 'string') return parsed;
    const usedNames = names.filter((name) => !(name in unusedAttrNames));
    const usedValues = valueNames.filter((name) => !(name in unusedAttrVals));
    // Whoever got it may change it.
    known.set(key, { parsed: copy(parsed, pair(values, values)) as object, values, usedNames, usedValues });
    return parsed;
  };
}

type Values = Known['values'];

function pair(before: Values, now: Values): ReadonlyMap<unknown, unknown> {
  return new Map(Object.entries(before).map(([name, value]) => [value, now[name]]));
}

/** Everything anew, with the values of now in the places of those before. */
function copy(node: unknown, values: ReadonlyMap<unknown, unknown>): unknown {
  if (values.has(node)) return values.get(node);
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((each) => copy(each, values));
  const entries = Object.entries(node).map(([name, value]) => [name, copy(value, values)] as const);
  return Object.assign(Object.create(Object.getPrototypeOf(node)), Object.fromEntries(entries));
}
