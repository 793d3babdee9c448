import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR, readSources } from '../architecture/imports.ts';
import { listInfra, read } from './pages.ts';

/**
 * Phrases, and what to write instead. Single words are in .config/cspell.yaml, which knows no phrases.
 */
const INSTEAD: Readonly<Record<string, string>> = {
  'a page of ours': 'This link is incomplete or invalid.',
  'a way to see it': 'steps to reproduce',
  'as it looks at': 'checks X (or Y, with a flag)',
  'by itself': 'automatically, alone, on its own',
  'by themselves': 'automatically, alone, on their own',
  'cannot work is': 'permanent failures …',
  'could not be reported to their workflows either': 'We could not report the result to HubSpot.',
  'dead token': 'expired token, rejected token',
  'ends with 0': 'exits with 0',
  'gave no assignable': 'no active owner matches',
  'gives no assignable': 'no active owner matches',
  'hold back': 'delay',
  'holds back': 'delays',
  'held back': 'delayed',
  'holding back': 'delaying',
  'in vain': 'without a match, without an effect',
  'is decided is': 'rules are applied when …',
  'it did not come from': 'This link is incomplete or invalid.',
  'left as it is': 'not changed',
  'made good': 'caught up, retried',
  'makes what is': 'builds …',
  'may work later': 'fails temporarily',
  'nobody foresaw': 'unexpected',
  'of ours': 'our, of the service',
  'sends it again later': 'retries it',
  'sends them again later': 'retries them',
  'somebody else is knocking': 'somebody else sends requests',
  'these marks are': 'steps marked …',
  'told apart': 'distinguished',
  'try again later': 'retry',
  'tries again later': 'retries',
  'turn in a circle': 'loop',
  'turns in a circle': 'loops',
  'wait until hubspot stops waiting': 'are retried until the two-day limit',
  'what happens when somebody': 'to simulate …, run: …',
};

/** Names that the code had before, with the term of the glossary that took their place. */
const RENAMED: Readonly<Record<string, string>> = {
  askWitnesses: 'nothing: it is not inferred any more',
  assignAlone: 'updateRecord',
  assignQueued: 'processPortal',
  assignRecords: 'updateRecords',
  BeingTold: 'nothing: the work log has it a moment later',
  CrmUserPages: 'UsersApi',
  distrustOwnerId: 'invalidateOwner',
  endStranded: 'handleDeadLetters',
  judgeEnded: 'resolveExpired',
  LAST_CALL: 'EXPIRY_MARGIN_MS',
  noteInVain: 'recordUnresolved',
  OwnerDirectory: 'OwnersApi',
  OwnerMemory: 'InMemoryOwnerCache',
  OwnerPages: 'OwnerPagesApi',
  patientWorld: 'backgroundPlatform',
  QueueConsent: 'QueuePermission',
  reachTable: 'sendToTable',
  RefreshOrder: 'RefreshJob',
  splitsBlocks: 'allowPartial',
  takeUp: 'resume',
  tellExplanation: 'renderExplanation',
  tellFault: 'reportFault',
  tellings: 'callback batch',
  tellResult: 'renderOutputs',
  tellTruth: 'reconcileResult',
  toldAsResult: 'permanentErrorAsResult',
  tolerateOutage: 'orOnStoreOutage',
  UsedStates: 'OAuthStates',
  workOff: 'processExecutions',
};

/** This file quotes what it looks for. */
const sources = readSources('bench', 'functions', 'infra', 'lib', 'local', 'test', 'hubspot')
  .map(({ path }) => path)
  .filter((path) => path !== 'test/docs/phrases.test.ts');
const filesIn = (folder: string, ending: string) =>
  readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
const guides = [...filesIn('docs', '.md'), ...filesIn('.github', '.md'), ...filesIn('.github', '.yml')];
const labels = [...filesIn('lib/action/labels', 'en.json'), ...filesIn('lib/http/install/texts', 'en.json')];
const readmes = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];
const pages = [...readmes, 'serverless.yml', 'package.json', '.env.example', ...listInfra(), ...guides, ...labels];

/** One line for each place: file:line, what stands there, what to write instead. */
function find(path: string, instead: Readonly<Record<string, string>>, toPattern: (text: string) => RegExp): string[] {
  // The glossary names the words that were used before.
  const text = read(path).replace(/\*\*Was\*\* .*/g, '');
  return Object.entries(instead).flatMap(([words, better]) =>
    [...text.matchAll(toPattern(words))].map(
      ({ index }) => `${path}:${text.slice(0, index).split('\n').length} “${words}”: write ${better}`,
    ),
  );
}

/** A comment or a paragraph may break a phrase in two. */
const ofPhrase = (phrase: string) => new RegExp(`\\b${phrase.replaceAll(' ', '[\\s*/#>]+')}\\b`, 'gi');
const ofName = (name: string) => new RegExp(`\\b${name}\\b`, 'g');

it('Code, tests, texts and guides use no phrase for which there is a plainer one', () => {
  expect(sources.length).toBeGreaterThan(400);
  expect(labels).toHaveLength(2);
  expect([...sources, ...pages].flatMap((path) => find(path, INSTEAD, ofPhrase))).toEqual([]);
});

it('Code, tests, texts and guides use no name that the glossary has replaced', () => {
  expect([...sources, ...pages].flatMap((path) => find(path, RENAMED, ofName))).toEqual([]);
});
