import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { inlineCode, read } from './pages.ts';
import { parseShell, type ShellCommand } from './shell.ts';

export type GuideCommand = ShellCommand & {
  readonly page: string;
  /** `block` for a shell block, `text` for a command within a sentence or a table. */
  readonly place: 'block' | 'text';
  /** The guide says that it needs an account at AWS or HubSpot. */
  readonly isMarked: boolean;
  /** What the guide says that it prints, if it says so below the block. */
  readonly prints: string;
};

/** The paragraph before it, and the output after it, with a paragraph at most between them. */
const BLOCK =
  /((?:[^\n]+\n)*)\n? *```sh\n([\s\S]*?)```\n(?=(?:\n(?: *(?!`{3}| )[^\n]+\n)*\n? *```text\n([\s\S]*?)```)?)/g;
const MARK = /\*\((AWS|HubSpot)\)\*/;
/** A note marks its whole section; before the first section it marks the whole page. */
const NOTE = /^> \*\*Needs (AWS|HubSpot|an AWS|AWS and HubSpot)/m;
/** The words that a sentence has in code font and that are a command. */
const BEGINS = /^(?:[A-Z_]+=\S+ )*(?:npm|npx|aws|hs|git|node|cd|sed|curl) /;

const markdownIn = (folder: string) =>
  readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);

/** Every page that tells people to type something. */
export const COMMAND_PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...markdownIn('docs'),
  ...markdownIn('.github'),
];

/** Everything that a page tells people to type, in its order. */
export function readCommands(page: string): readonly GuideCommand[] {
  const [intro = '', ...sections] = read(page).split(/\n(?=## )/);
  const isPageMarked = NOTE.test(intro);
  return [intro, ...sections].flatMap((section) => {
    const isMarked = isPageMarked || NOTE.test(section);
    const blocks = [...section.matchAll(BLOCK)].flatMap(([, before = '', block = '', output = '']) =>
      parseShell(block).map((command, _at, all) => ({
        ...command,
        page,
        place: 'block' as const,
        isMarked: isMarked || MARK.test(before),
        prints: all.length === 1 ? output : '',
      })),
    );
    const texts = paragraphsOf(section).flatMap((words) =>
      inlineCode(words.replaceAll('\n', ' '))
        .filter((text) => BEGINS.test(text))
        .flatMap((text) => parseShell(text.replace(/ +/g, ' ')))
        .map((command) => ({
          ...command,
          page,
          place: 'text' as const,
          isMarked: isMarked || MARK.test(words),
          prints: '',
        })),
    );
    return [...blocks, ...texts];
  });
}

/** Paragraphs, list items and rows of tables, without the blocks. */
function paragraphsOf(text: string): readonly string[] {
  return text.replace(/```[\s\S]*?```/g, '').split(/\n\n|\n(?=\s*(?:\d+\.|-|\|) )/);
}
