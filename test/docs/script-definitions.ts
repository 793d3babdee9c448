import { join } from 'node:path';
import { type Expression, type Module, parseSync } from '@swc/core';
import type { Command, Flag } from '../../local/command/command-line.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { read } from './pages.ts';

type Definition = Command<Readonly<Record<string, Flag>>>;
type Names = ReadonlyMap<string, Expression | { readonly from: string; readonly name: string }>;

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** The npm scripts of package.json, as they are run. */
export const SCRIPTS: Readonly<Record<string, string>> = scripts;

/** The program of this project that an npm script runs; undefined for Jest, Biome and the like. */
export function programOf(script: string): string | undefined {
  return /^node (?:-r \S+ )?(\S+\.ts)$/.exec(SCRIPTS[script] ?? '')?.[1];
}

/**
 * What the program gives to `readCommand`. It is read from the text, because a program runs when it is imported.
 * @throws if there is no such call, or one that is written in another way
 */
export async function readDefinition(program: string): Promise<Definition> {
  const module = parseSync(read(program), { syntax: 'typescript', target: 'es2022' });
  const argument = findArgument(module);
  if (argument === undefined) throw new Error(`${program} does not call readCommand`);
  return (await evaluate(argument, namesIn(module, program))) as Definition;
}

function findArgument(node: unknown): Expression | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const { type, callee, arguments: given } = node as Record<string, unknown>;
  if (type === 'CallExpression' && (callee as { value?: string }).value === 'readCommand') {
    return (given as { expression: Expression }[])[0]?.expression;
  }
  for (const inner of Object.values(node)) {
    const found = findArgument(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function namesIn({ body }: Module, program: string): Names {
  const names = new Map<string, Expression | { from: string; name: string }>();
  for (const item of body) {
    if (item.type === 'ImportDeclaration' && item.source.value.startsWith('.')) {
      const from = join(program, '..', item.source.value);
      for (const { local } of item.specifiers) names.set(local.value, { from, name: local.value });
    }
    if (item.type !== 'VariableDeclaration') continue;
    for (const { id, init } of item.declarations) {
      if (id.type === 'Identifier' && init !== null && init !== undefined) names.set(id.value, init);
    }
  }
  return names;
}

/** Objects of strings and flags; what only a reader of the help needs comes as an empty text. */
async function evaluate(node: Expression, names: Names): Promise<unknown> {
  switch (node.type) {
    case 'TsConstAssertion':
    case 'TsAsExpression':
    case 'TsSatisfiesExpression':
      return evaluate(node.expression, names);
    case 'StringLiteral':
    case 'BooleanLiteral':
      return node.value;
    case 'ArrayExpression':
      return [];
    case 'TemplateLiteral':
    case 'BinaryExpression':
    case 'CallExpression':
      return '';
    case 'Identifier': {
      const found = names.get(node.value);
      if (found === undefined) throw new Error(`nothing here is named ${node.value}`);
      if (!('from' in found)) return evaluate(found, names);
      return ((await import(join(PROJECT_DIR, found.from))) as Record<string, unknown>)[found.name];
    }
    case 'ObjectExpression': {
      const object: Record<string, unknown> = {};
      for (const property of node.properties) {
        if (property.type === 'SpreadElement') Object.assign(object, await evaluate(property.arguments, names));
        else if (property.type === 'KeyValueProperty' && 'value' in property.key) {
          object[String(property.key.value)] = await evaluate(property.value, names);
        } else throw new Error(`a definition has a property of another kind: ${property.type}`);
      }
      return object;
    }
    default:
      throw new Error(`a definition has an expression of another kind: ${node.type}`);
  }
}
