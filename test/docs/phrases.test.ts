import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR, readSources } from '../architecture/imports.ts';
import { listInfra, read } from './pages.ts';

/** Phrases, and what to write instead. Single words are in .config/cspell.yaml, which knows no phrases. */
const INSTEAD: Readonly<Record<string, string>> = {
  'by itself': 'automatically, alone, on its own',
  'by themselves': 'automatically, alone, on their own',
  'hold back': 'delay',
  'holds back': 'delays',
  'held back': 'delayed',
  'holding back': 'delaying',
  'of ours': 'our, of the service',
  'try again later': 'retry',
  'tries again later': 'retries',
};

const sources = readSources('bench', 'functions', 'infra', 'lib', 'local').map(({ path }) => path);
const guides = readdirSync(join(PROJECT_DIR, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'serverless.yml', ...listInfra(), ...guides];

/** One line for each phrase: file:line, the phrase, what to write instead. A comment may break a phrase in two. */
function findPhrases(path: string): string[] {
  // The glossary names the words that were used before.
  const text = read(path).replace(/\*\*Was\*\* .*/g, '');
  return Object.entries(INSTEAD).flatMap(([phrase, instead]) => {
    const pattern = new RegExp(`\\b${phrase.replaceAll(' ', '[\\s*/#]+')}\\b`, 'gi');
    return [...text.matchAll(pattern)].map(
      ({ index }) => `${path}:${text.slice(0, index).split('\n').length} “${phrase}”: write ${instead}`,
    );
  });
}

it('uses no phrase for which the writing guide has a plainer one', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect([...sources, ...pages].flatMap(findPhrases)).toEqual([]);
});
