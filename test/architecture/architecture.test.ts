import { readSources, type SourceFile } from './imports.ts';

const lib = readSources('lib');
const functions = readSources('functions');
const local = readSources('local');
const everything = [...lib, ...functions, ...local, ...readSources('bench', 'infra', 'test')];

/** Folder → the folders and packages that it may import. The arrows point inward: everything may know the domain. */
const ROOMS: Readonly<Record<string, { readonly rooms: readonly string[]; readonly packages: readonly RegExp[] }>> = {
  // IDNA is in Node and nowhere else; it is as pure as `toLowerCase`.
  domain: { rooms: ['domain'], packages: [/^node:url$/] },
  ports: { rooms: ['domain', 'ports'], packages: [] },
  'use-cases': { rooms: ['domain', 'ports', 'use-cases'], packages: [] },
  action: { rooms: ['domain', 'ports', 'action'], packages: [/^node:/] },
  hubspot: {
    rooms: ['domain', 'ports', 'network', 'hubspot'],
    packages: [/^node:crypto$/, /^zod\/mini$/, /^@hubspot\/api-client\/lib\/codegen\//],
  },
  store: { rooms: ['domain', 'ports', 'store'], packages: [/^@aws-sdk\/client-dynamodb$/, /^node:zlib$/] },
  queue: {
    rooms: ['domain', 'ports', 'network', 'aws', 'queue'],
    packages: [/^zod\/mini$/, /^@aws-sdk\/client-sqs$/, /^aws-lambda$/],
  },
  observability: { rooms: ['domain', 'ports', 'observability'], packages: [/^@aws-lambda-powertools\//] },
  config: {
    rooms: ['domain', 'config', 'aws', 'hubspot/signature.ts'],
    packages: [/^node:crypto$/],
  },
  network: { rooms: [], packages: [/^node:(http|https|stream|zlib)$/] },
  aws: {
    rooms: ['network', 'aws'],
    packages: [/^node:crypto$/, /^@aws-sdk\/credential-provider-env$/, /^@smithy\/signature-v4$/],
  },
  crypto: { rooms: ['domain', 'ports', 'aws', 'crypto'], packages: [/^node:crypto$/] },
  http: {
    rooms: ['domain', 'ports', 'action', 'use-cases', 'http', 'observability', 'hubspot/signature.ts'],
    packages: [/^node:crypto$/, /^zod\/mini$/, /^@middy\/core$/, /^aws-lambda$/],
  },
  operator: { rooms: ['domain', 'ports', 'action', 'use-cases', 'operator'], packages: [/^zod\/mini$/] },
  runtime: {
    rooms: [
      'domain',
      'ports',
      'network',
      'use-cases',
      'hubspot',
      'store',
      'queue',
      'config',
      'crypto',
      'observability',
      'runtime',
      // The outputs of an execution are rendered in one place, for the action and for the functions behind the queue.
      'action/render-outputs.ts',
      'http/install/services.ts',
      'http/install/state.ts',
      'http/install/connected-token.ts',
    ],
    packages: [/^node:/, /^@aws-sdk\/client-sqs$/, /^aws-lambda$/],
  },
};

const isOurs = (target: string) => /^(lib|functions|infra|local|test|bench)\//.test(target);
const roomOf = (file: SourceFile) => file.path.split('/')[1] ?? '';

/** One line per import that a rule does not allow. */
function offences(files: readonly SourceFile[], isAllowed: (file: SourceFile, target: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports.filter((target) => !isAllowed(file, target)).map((target) => `${file.path} → ${target}`),
  );
}

it('The imports are read from the sources, so that the rules below have something to check', () => {
  expect(lib.flatMap((file) => file.imports).length).toBeGreaterThan(100);
  expect(lib.find((file) => file.path === 'lib/use-cases/executions/set-owner.ts')?.imports).toContain(
    'lib/domain/assignment.ts',
  );
});

it.each(Object.entries(ROOMS))('The folder lib/%s imports only what it may import', (room, { rooms, packages }) => {
  const files = lib.filter((file) => roomOf(file) === room);
  const allowed = rooms.map((target) => (target.endsWith('.ts') ? `lib/${target}` : `lib/${target}/`));
  expect(files.length).toBeGreaterThan(0);
  expect(
    offences(files, (_file, target) =>
      isOurs(target) ? allowed.some((prefix) => target.startsWith(prefix)) : packages.some((name) => name.test(target)),
    ),
  ).toEqual([]);
});

it('Every folder of lib has a rule', () => {
  expect([...new Set(lib.map(roomOf))].sort()).toEqual(Object.keys(ROOMS).sort());
});

it('The functions import the library and no other folder', () => {
  expect(offences(functions, (_file, target) => !isOurs(target) || target.startsWith('lib/'))).toEqual([]);
});

it('The local stack does not import the tests', () => {
  expect(offences(local, (_file, target) => !target.startsWith('test/'))).toEqual([]);
});

it('There are no barrels, because a file that only re-exports pulls every SDK into every bundle', () => {
  const barrels = [...lib, ...functions, ...local].filter(
    ({ path, text }) => path.endsWith('/index.ts') || /^export \* from/m.test(text),
  );
  expect(barrels.map(({ path }) => path)).toEqual([]);
});

it('The environment is read in the runtime and in the signed calls to AWS, and nowhere else', () => {
  const readers = [...lib, ...functions].filter(({ text }) => text.includes('process.env')).map(({ path }) => path);
  expect(readers).toEqual([
    'lib/aws/signed-call.ts',
    'lib/runtime/installs.ts',
    'lib/runtime/platform.ts',
    'lib/runtime/queue-worker.ts',
  ]);
});

it('[A16] HubSpot paths contain a release date only, because the undated ones end in 2027', () => {
  const undated = /['"`][^'"`\n]*\/(crm|automation|oauth|settings|account-info)\/v\d/;
  expect([...lib, ...functions].filter(({ text }) => undated.test(text)).map(({ path }) => path)).toEqual([]);
});

it('There are no import circles', () => {
  const edges = new Map(everything.map(({ path, imports }) => [path, imports.filter(isOurs)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    else if (!done.has(path)) for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  expect(circles).toEqual([]);
});

it('A use case either composes steps or is a step, which imports no other use case', () => {
  const files = new Map(
    lib.map((file) => [file.path, file.imports.filter((target) => target.includes('/use-cases/'))]),
  );
  const floorOf = (path: string): number => 1 + Math.max(0, ...(files.get(path) ?? []).map(floorOf));
  const floors = [...files.keys()].filter((path) => path.includes('/use-cases/')).map((path) => [path, floorOf(path)]);
  expect(floors.filter(([, floor]) => Number(floor) > 2)).toEqual([]);
});

it('Every file has a reasonable length', () => {
  const sizes = lib.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
  expect(sizes.filter(({ path, lines }) => lines > 250 || (lines < 15 && !path.startsWith('lib/ports/')))).toEqual([]);
});
