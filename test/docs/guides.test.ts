import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { costTable, monthlyCost } from '../../bench/monthly-cost.ts';
import { NOT_ASSIGNABLE_CODES } from '../../lib/domain/outcome.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

const read = (name: string) => readFileSync(join(PROJECT_DIR, name), 'utf8');
const GUIDES = readdirSync(join(PROJECT_DIR, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
const PAGES = [...GUIDES, 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'];
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
/** serverless.yml and the files that it is put together from. */
const template = ['serverless.yml', ...listInfra()].map(read).join('\n');
const functionNames = [...template.matchAll(/^ {2}(\w+):\n {4}handler:/gm)].map((match) => match[1]);
/** What an operator may put into each event; the handlers refuse everything else. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  explainOwner: ['portalId', 'value', 'fromPortalId', 'report'],
  setSuccessor: ['portalId', 'leaver', 'successor', 'remove'],
  resolveOwners: ['portalId', 'emails'],
  forgetPortal: ['portalId'],
  scheduleOwnerRefresh: ['atOnce', 'force'],
};

function listInfra(): string[] {
  const folder = join(PROJECT_DIR, 'infra');
  return existsSync(folder) ? readdirSync(folder).map((name) => `infra/${name}`) : [];
}

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  it('invokes functions that exist, with events that they understand', () => {
    for (const [, name = ''] of text.matchAll(/(?:--function|invoke -f) (\w+)/g)) expect(functionNames).toContain(name);
    for (const [, name = '', data = ''] of text.matchAll(/--function (\w+)[\s\\]+--data '([^'…]*)'/g)) {
      const unknown = Object.keys(JSON.parse(data)).filter((field) => !FIELDS[name]?.includes(field));
      expect({ name, unknown }).toEqual({ name, unknown: [] });
    }
  });

  it('names only npm scripts that exist', () => {
    const names = [...text.matchAll(/npm run ([a-z]+(?::[a-z]+)?)/g)].map((match) => match[1] ?? '');
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('links only to files and headings that exist', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^):\s]+)\)/g)) {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? page : join(dirname(page), file);
      expect({ link, exists: existsSync(join(PROJECT_DIR, target)) }).toEqual({ link, exists: true });
      if (heading !== undefined) expect(headingsOf(read(target))).toContain(heading);
    }
  });

  it('marks what needs an account and was not run', () => {
    const marked = /\*\((AWS|HubSpot)\)\*/;
    const blocks = commandsOf(text).filter(({ lines, before }) => lines.some(needsAccount) && !marked.test(before));
    const inline = paragraphsOf(text).filter((words) => inlineCode(words).some(needsAccount) && !marked.test(words));
    expect([...blocks.map(({ lines }) => lines), ...inline]).toEqual([]);
  });
});

it.each(GUIDES)('%s is linked from the README', (guide) => {
  expect(read('README.md')).toContain(`](${guide})`);
});

describe('the alarms', () => {
  const named = [...template.matchAll(/^\s+AlarmName: \$\{self:.*\}-([a-z0-9-]+)$/gm)].map((match) => match[1] ?? '');
  const guide = read('docs/alarms.md').split('## The alarms')[1]?.split('\n## ')[0] ?? '';
  const told = [...guide.matchAll(/^### (.*)$/gm)].map((match) => match[1] ?? '');

  it('each have a section that says what it means and what to do', () => {
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !told.includes(name))).toEqual([]);
    const sections = guide.split(/^### /m).slice(1);
    const incomplete = sections.filter((text) => !/\*\*It means:\*\* \w/.test(text) || !/\*\*Do:\*\* \S/.test(text));
    expect(incomplete).toEqual([]);
  });

  it('are all there that the guide tells of', () => {
    // Together with the files that define them.
    if (listInfra().length > 0) expect(told.filter((name) => !named.includes(name))).toEqual([]);
    expect(new Set(told).size).toBe(told.length);
  });
});

describe('the costs', () => {
  it('are the ones that are computed', () => {
    expect(read('docs/costs.md')).toContain(costTable());
  });

  it('are those of a pocket calculator', () => {
    const cost = monthlyCost({ executions: 1_000_000, portals: 0, queuedShare: 0, isOAuth: false });
    // 100,000 GB-seconds and a million requests; a million requests; 2.1 million writes, a million reads, 0.18 GB.
    expect(cost.get('Lambda')).toBeCloseTo(1.333_34 + 0.2, 4);
    expect(cost.get('API Gateway')).toBeCloseTo(1.2, 4);
    expect(cost.get('DynamoDB')).toBeCloseTo(1.601_25 + 0.1525 + 0.18 * 0.5508, 4);
    expect(cost.get('KMS')).toBe(0);
  });

  it('grow in step with executions, whatever is there anyway', () => {
    const total = (executions: number) =>
      [...monthlyCost({ executions, portals: 3, queuedShare: 0.4, isOAuth: true }).values()].reduce((a, b) => a + b, 0);
    expect(total(2_000_000) - total(1_000_000)).toBeCloseTo(total(1_000_000) - total(0), 6);
  });
});

describe('the deployer’s policy', () => {
  const { Statement: statements } = JSON.parse(read('docs/deployer-policy.json')) as {
    Statement: { Sid: string; Action: string[]; Resource: string | string[] }[];
  };
  const actions = statements.flatMap(({ Action }) => Action);
  /** Where the name of a resource's type differs from the name of its permissions. */
  const PREFIXES: Readonly<Record<string, string>> = { ApiGatewayV2: 'apigateway' };

  it('knows every service that the template has resources of', () => {
    const services = [...template.matchAll(/Type: AWS::(\w+)::\w+/g)].map(
      ([, name = '']) => PREFIXES[name] ?? name.toLowerCase(),
    );
    expect(services.length).toBeGreaterThan(3);
    expect([...new Set(services)].filter((name) => !actions.some((action) => action.startsWith(`${name}:`)))).toEqual(
      [],
    );
  });

  it('is short enough for a managed policy, which AWS counts without white space', () => {
    const filled = read('docs/deployer-policy.json')
      .replaceAll('ACCOUNT', '123456789012')
      .replaceAll('REGION', 'ap-southeast-1');
    expect(filled.replace(/\s/g, '').length).toBeLessThan(6_144);
  });

  it('allows nothing by a wildcard, and names its resources as far as AWS lets it', () => {
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    const anything = statements.filter(({ Resource }) => Resource === '*').map(({ Sid }) => Sid);
    expect(anything).toEqual(['WhatReadsTheQueues', 'TheTokenKey', 'WhatHasNoNameBeforeItIsThere']);
  });
});

it('tells of every kind of row that is stored', () => {
  const store = readdirSync(join(PROJECT_DIR, 'lib/store'))
    .map((name) => read(`lib/store/${name}`))
    .join('\n');
  const ofPortals = [...store.matchAll(/`portal#\$\{portalId\}#(\w+)/g)].map((match) => match[1] ?? '');
  const byKey = [...(/kind: ('\w+'(?: \| '\w+')*)/.exec(read('lib/store/table.ts'))?.[1] ?? '').matchAll(/\w+/g)];
  const kinds = [...ofPortals, ...byKey.map(([kind]) => kind)];
  expect(kinds.length).toBeGreaterThan(9);
  expect([...new Set(kinds)].filter((kind) => !read('docs/security.md').includes(`#${kind}`))).toEqual([]);
});

it('keeps every decision to forty lines', () => {
  const decisions = readdirSync(join(PROJECT_DIR, 'docs/decisions'));
  expect(decisions.filter((name) => read(`docs/decisions/${name}`).split('\n').length > 41)).toEqual([]);
  expect(new Set(decisions.map((name) => name.slice(0, 3))).size).toBe(decisions.length);
});

it('tells what to do with every verdict on an e-mail, and with everything that comes back later', () => {
  const guide = read('docs/resolve-owners.md');
  const errors = read('lib/domain/errors.ts').split('\nexport class ');
  const later = errors
    .filter((text) => text.includes('retryable = true'))
    .flatMap((text) => /code = '(\w+)'/.exec(text)?.[1] ?? []);
  const neverAnswered = ['CONFIG_INVALID', 'EXECUTION_IN_PROGRESS'];
  expect(later.length).toBeGreaterThan(neverAnswered.length + 3);
  const told = later.filter((code) => !neverAnswered.includes(code));
  const codes = [...NOT_ASSIGNABLE_CODES, 'MISSING_SCOPES', 'PORTAL_NOT_CONNECTED', ...told];
  expect(codes.filter((code) => !guide.includes(`\`${code}\``))).toEqual([]);
});

it('tells what every likely cause means', () => {
  const kinds = [...read('lib/domain/unresolved.ts').matchAll(/kind: '(\w+)'/g)].map((match) => match[1]);
  expect(kinds.length).toBeGreaterThan(5);
  expect(kinds.filter((kind) => !read('docs/operators.md').includes(`| \`${kind}\` |`))).toEqual([]);
});

/** Shell blocks, each with the paragraph before it. */
function commandsOf(text: string): { readonly lines: readonly string[]; readonly before: string }[] {
  return [...text.matchAll(/((?:[^\n]+\n)*)\n? *```sh\n([\s\S]*?)```/g)].map(([, before = '', block = '']) => ({
    lines: block.split('\n'),
    before,
  }));
}

/** Paragraphs, list items and rows of tables, without the shell blocks. */
function paragraphsOf(text: string): readonly string[] {
  return text.replace(/```[\s\S]*?```/g, '').split(/\n\n|\n(?=\s*(?:\d+\.|-|\|) )/);
}

function inlineCode(words: string): readonly string[] {
  return [...words.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** The tools that talk to AWS or HubSpot, unless they are told to stay on this machine. */
function needsAccount(line: string): boolean {
  return /^\s*(?:\w+=\S+ )*(aws |hs |npm run deploy|npm run doctor -- --stage|npx (?:sls|serverless) (?:invoke (?!local)|remove|deploy))|&& (aws|hs) /.test(
    line,
  );
}

function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => toAnchor(title));
}

function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
