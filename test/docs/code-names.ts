import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PROJECT_DIR, readSources } from '../architecture/imports.ts';
import { inlineCode, read, template } from './pages.ts';

/** Comments are no code: a name that only a comment still has is gone. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

const sources = readSources('lib', 'functions', 'local', 'bench', 'test')
  .filter(({ path }) => !path.startsWith('test/docs/'))
  .map(({ text }) => withoutComments(text));
const code = [...sources, template, read('package.json')].join('\n');

/** The files that a path stands for: `*` for any name; undefined when it names one that is still to be made. */
export function filesOf(path: string): readonly string[] | undefined {
  if (path.includes('<')) return existsSync(join(PROJECT_DIR, dirname(path))) ? undefined : [];
  if (!path.includes('*')) return existsSync(join(PROJECT_DIR, path)) ? [path] : [];
  const [before = '', after = ''] = basename(path).split('*');
  const names = readdirSync(join(PROJECT_DIR, dirname(path)));
  return names
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .map((name) => `${dirname(path)}/${name}`);
}

export function isPath(text: string): boolean {
  return /^[\w.-]+(\/[\w.*<>-]+)*(\/|\.(ts|yml|md|json))$/.test(text);
}

/** Whether the words in code font are in the project: a file, a command, or something that the code says. */
export function isInProject(text: string): boolean {
  if (/^(npm|npx) /.test(text)) return true;
  if (isPath(text)) return [text, `lib/${text}`].some((path) => filesOf(path)?.length !== 0);
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`).test(code);
}

/** What a page has in code font, without its blocks. */
export function namesIn(page: string): readonly string[] {
  return [...new Set(inlineCode(read(page).replace(/```[\s\S]*?```/g, '')))];
}

/** Whether "go to definition" on a name may lead to this file. */
export function declares(file: string, name: string): boolean {
  const text = withoutComments(read(file));
  return [
    `\\b(function|const|class|type)\\s+${name}\\b`,
    `^\\s+(async )?${name}\\s*[(:,]`,
    `\\breadonly ${name}\\??:`,
    `[{,] ${name}[,:]`,
  ].some((form) => new RegExp(form, 'm').test(text));
}
