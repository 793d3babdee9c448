import { type Argument, type CallExpression, parseSync } from '@swc/core';
import { readSources } from '../architecture/imports.ts';
import { read } from './pages.ts';

/** A row tag may come first. Then a sentence begins: with a capital letter, a digit, a quote or a value of the table. */
const SENTENCE = /^(\[([A-Z]\d+(, [A-Z]\d+)*|%s|\$row)\] )?["'“‘A-Z0-9$%]/;
const MIN_WORDS = 3;

/** The `it` of `it(…)`, `it.skip(…)` and `it.each(…)(…)`, but not the table of the last. */
function isTest({ callee }: CallExpression): boolean {
  if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.value === 'each') {
    return false;
  }
  let node: { type: string; [member: string]: unknown } = { ...callee };
  while (['CallExpression', 'MemberExpression', 'TsInstantiation'].includes(node.type)) {
    node = (node.callee ?? node.object ?? node.expression) as typeof node;
  }
  return node.type === 'Identifier' && (node.value === 'it' || node.value === 'test');
}

function readName(title: Argument | undefined): string {
  if (title?.expression.type === 'StringLiteral') return title.expression.value;
  if (title?.expression.type !== 'TemplateLiteral') throw new Error('a test is named by something that is no text');
  return title.expression.quasis.map(({ raw }) => raw).join('%s');
}

function findNames(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const inside = Object.values(node).flatMap(findNames);
  const call = node as CallExpression;
  return call.type === 'CallExpression' && isTest(call) ? [readName(call.arguments[0]), ...inside] : inside;
}

const namesOf = (text: string) => findNames(parseSync(text, { syntax: 'typescript' }));
const all = readSources('test').flatMap(({ path, text }) => namesOf(text).map((name) => ({ path, name })));

/** What a name may be in a log, where a value of the table is in it. */
function patternOf(name: string): RegExp {
  const parts = name.replace(/^\[[^\]]*\] /, '').split('%s');
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`);
}

function isSentence(name: string): boolean {
  return SENTENCE.test(name) && name.replace(/^\[[^\]]*\] /, '').split(/\s+/).length >= MIN_WORDS;
}

it('Every way to write a test gives its name, and the table of a test gives none', () => {
  const text = `it('a', f); it.each([1])('b %i', f); it.each<[x]>(y)('c', f); describe('d', () => test(\`e \${1}\`, f));`;
  expect(namesOf(text)).toEqual(['a', 'b %i', 'c', 'e %s']);
});

it.each([
  ['The queue keeps its messages', true],
  ['[Z1] The queue keeps its messages', true],
  ['[Z1, Z20] %s is refused', true],
  ['[%s] The queue keeps its messages', true],
  ['keeps its messages always', false],
  ['[Z1] keeps its messages always', false],
  ['[Z1] Keeps messages', false],
])('The test name "%s" counts as a sentence: %s', (name, expected) => {
  expect(isSentence(name)).toBe(expected);
});

it('The tests that docs/changing-it.md quotes exist under these names', () => {
  const lists = [...read('docs/changing-it.md').matchAll(/^Red until complete: (".*?)\n\n/gms)];
  const quoted = lists.flatMap(([, list = '']) => [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name));
  expect(quoted.length).toBeGreaterThan(5);
  const isNamed = (words: string) =>
    all.some(({ name }) => name.includes(words) || (isSentence(name) && patternOf(name).test(words)));
  expect(quoted.map((words) => words.replace(/\s+/g, ' ')).filter((words) => !isNamed(words))).toEqual([]);
});

it('Every test name is a sentence that makes sense alone in a log', () => {
  expect(all.length).toBeGreaterThan(2_000);
  expect(all.filter(({ name }) => !isSentence(name))).toEqual([]);
});
