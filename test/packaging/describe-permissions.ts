import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Packages } from './service-package.ts';
import { type Evaluated, functionsOf, type Properties, resourcesOf } from './template.ts';

/** What a function may do beside writing its own log and its traces. */
type Grants = {
  /** DynamoDB operations on the table. */
  readonly table?: string;
  /** Queues that it may send to. */
  readonly sends?: string;
  /** The topic that it may publish to. */
  readonly publishes?: string;
  /** The queue that invokes it. */
  readonly takes?: string;
  /** Parameters that it may read. */
  readonly secrets?: string;
  /** What it may do with the key of the portals' tokens. */
  readonly tokens?: string;
};

const ACTION_SECRETS = 'hubspot-client-secret hubspot-client-secret-previous';
const CLIENT_SECRET = 'hubspot-client-secret';
const TOKENS = 'Decrypt Encrypt';

/** Where portals install the app. */
const PERMISSIONS: Readonly<Record<string, Grants>> = {
  setOwnerByEmail: {
    table: 'DeleteItem GetItem PutItem Query UpdateItem',
    sends: 'AssignQueue',
    secrets: ACTION_SECRETS,
    tokens: TOKENS,
  },
  findOwnerByEmail: { table: 'GetItem PutItem UpdateItem', secrets: ACTION_SECRETS, tokens: TOKENS },
  listOwnerProperties: { table: 'GetItem UpdateItem', secrets: ACTION_SECRETS, tokens: TOKENS },
  assignOwners: {
    table: 'BatchGetItem BatchWriteItem GetItem PutItem Query UpdateItem',
    sends: 'AssignQueue',
    takes: 'AssignQueue',
    secrets: ACTION_SECRETS,
    tokens: TOKENS,
  },
  failStranded: {
    table: 'BatchGetItem BatchWriteItem GetItem PutItem Query UpdateItem',
    sends: 'AssignQueue',
    takes: 'AssignDeadLetterQueue',
    secrets: ACTION_SECRETS,
    tokens: TOKENS,
  },
  scheduleOwnerRefresh: {
    table: 'BatchGetItem Query',
    sends: 'RefreshQueue ScheduleDeadLetterQueue',
    secrets: CLIENT_SECRET,
  },
  refreshOwners: {
    table: 'DeleteItem GetItem PutItem Query Scan UpdateItem',
    sends: 'RefreshQueue',
    publishes: 'digest',
    takes: 'RefreshQueue',
    secrets: CLIENT_SECRET,
    tokens: TOKENS,
  },
  portalPage: {
    table: 'BatchGetItem DeleteItem GetItem PutItem Query UpdateItem',
    sends: 'RefreshQueue',
    secrets: ACTION_SECRETS,
    tokens: TOKENS,
  },
  setAlias: { table: 'DeleteItem GetItem PutItem Query UpdateItem', secrets: CLIENT_SECRET, tokens: TOKENS },
  handOver: {
    table: 'DeleteItem GetItem PutItem Query UpdateItem',
    sends: 'RefreshQueue',
    secrets: CLIENT_SECRET,
    tokens: TOKENS,
  },
  setSuccessor: { table: 'DeleteItem GetItem PutItem UpdateItem', secrets: CLIENT_SECRET, tokens: TOKENS },
  explainOwner: { table: 'BatchGetItem GetItem PutItem Query UpdateItem', secrets: CLIENT_SECRET, tokens: TOKENS },
  resolveOwners: { table: 'GetItem PutItem UpdateItem', secrets: CLIENT_SECRET, tokens: TOKENS },
  forgetPortal: { table: 'DeleteItem GetItem Scan UpdateItem', secrets: CLIENT_SECRET, tokens: TOKENS },
  startInstall: { secrets: CLIENT_SECRET },
  finishInstall: {
    table: 'GetItem PutItem UpdateItem',
    sends: 'RefreshQueue',
    secrets: CLIENT_SECRET,
    tokens: 'Encrypt',
  },
  health: {},
};
const TAKING = 'sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage';
const TRACING = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
};
type Role = {
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  readonly ManagedPolicyArns?: unknown;
  readonly AssumeRolePolicyDocument: { readonly Statement: readonly { readonly Principal: Properties }[] };
};

const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);
const statementsOf = ({ Policies = [] }: Role) => Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
const rolesOf = (evaluated: Evaluated) => resourcesOf<Role>(evaluated, 'AWS::IAM::Role');

/** Reads a statement as what it grants; a statement that it does not know is returned alone, and is in no table. */
function readGrant({ Action, Resource, Condition }: Statement): readonly [string, string] {
  const actions = [...listed(Action)].sort().join(' ');
  const resources = listed(Resource);
  const [resource = ''] = resources;
  const names = actions.replaceAll(/\w+:/g, '');
  if (Condition !== undefined && resource !== 'TokenKey.Arn') return ['unknown condition', actions];
  if (resource === 'Table.Arn' && /^(dynamodb:\w+ ?)+$/.test(actions)) return ['table', names];
  if (resource.endsWith('Queue.Arn') && actions === 'sqs:SendMessage') return ['sends', resource.replace('.Arn', '')];
  if (resource.endsWith('Queue.Arn') && actions === TAKING) return ['takes', resource.replace('.Arn', '')];
  if (actions === 'ssm:GetParameters') return ['secrets', resources.map((arn) => arn.split('/').at(-1)).join(' ')];
  if (resource === 'TokenKey.Arn') return ['tokens', names];
  if (actions === 'sns:Publish' && resources.length === 1) return ['publishes', resource.split(':').at(-1) ?? ''];
  return [`unknown ${resources.join(' ')}`, actions];
}

function grantsOf(evaluated: Evaluated, name: string): Record<string, string> {
  const logs = `${name[0]?.toUpperCase()}${name.slice(1)}LogGroup.Arn`;
  const role = rolesOf(evaluated).get(roleOf(evaluated, name));
  const grants: Record<string, string> = {};
  for (const statement of role === undefined ? [] : statementsOf(role)) {
    if (listed(statement.Resource)[0] === logs) continue;
    if (TRACING.every((action) => listed(statement.Action).includes(action))) continue;
    const [kind, what] = readGrant(statement);
    grants[kind] = grants[kind] === undefined ? what : `${grants[kind]} ${what}`;
  }
  return grants;
}

function roleOf(evaluated: Evaluated, name: string): string {
  return functionsOf(evaluated).get(name)?.Role.replace('.Arn', '') ?? '';
}

/** The table's operations that a function was granted, for a look at whether its bundle can even send them. */
export function tableOperations(name: string): readonly string[] {
  return PERMISSIONS[name]?.table?.split(' ') ?? [];
}

export function describePermissions(packages: () => Packages): void {
  it('[C2] Every function has a role of its own', () => {
    const { evaluated } = packages().full;
    const roles = [...functionsOf(evaluated).keys()].map((name) => roleOf(evaluated, name));
    expect(Object.keys(PERMISSIONS).sort()).toEqual([...functionsOf(evaluated).keys()].sort());
    expect(new Set(roles).size).toBe(roles.length);
    expect([...rolesOf(evaluated).keys()].sort()).toEqual([...roles, 'SchedulerRole'].sort());
    expect([...rolesOf(evaluated).values()].filter(({ ManagedPolicyArns }) => ManagedPolicyArns !== undefined)).toEqual(
      [],
    );
  });

  it('[C2] A test runs each function that may use the table with the permissions of its role, and no more', () => {
    const tests = ['', '-queue'].map((part) =>
      readFileSync(join(__dirname, `permissions-in-use${part}.test.ts`), 'utf8'),
    );
    const inUse = Object.keys(PERMISSIONS).filter((name) => PERMISSIONS[name]?.table !== undefined);
    expect(inUse.filter((name) => !tests.join().includes(`guard.expectNoneLeft('${name}')`))).toEqual([]);
  });

  it.each(Object.entries(PERMISSIONS))(
    '[C2] The role of %s allows what its code does, and nothing else',
    (name, grants) => {
      expect(grantsOf(packages().full.evaluated, name)).toEqual(grants);
    },
  );

  it('[C2] With a static token for one account, no role allows a key, and the roles allow the token instead', () => {
    const { evaluated } = packages().plain;
    for (const [name, { tokens: _none, publishes: _off, secrets, ...grants }] of Object.entries(PERMISSIONS)) {
      const [first, ...others] = secrets?.split(' ') ?? [];
      const expected = first && [first, 'hubspot-access-token', ...others].join(' ');
      expect([name, grantsOf(evaluated, name)]).toEqual([
        name,
        { ...grants, ...(expected !== undefined && { secrets: expected }) },
      ]);
    }
  });

  it('[C2] Only the calls of X-Ray are allowed for any resource, and no statement allows any action', () => {
    for (const { evaluated } of Object.values(packages())) {
      const statements = [...rolesOf(evaluated).values()].flatMap(statementsOf);
      expect(statements.length).toBeGreaterThan(20);
      for (const { Effect, Action, Resource } of statements) {
        expect(Effect).toBe('Allow');
        expect(listed(Action).filter((action) => !/^[a-z]+:[A-Za-z]+$/.test(action))).toEqual([]);
        const isTracing = listed(Action).every((action) => TRACING.includes(action));
        expect(listed(Resource).filter((resource) => resource.includes('*'))).toEqual(isTracing ? ['*'] : []);
      }
    }
  });

  it('[C2] The scheduler may start one function and store what it could not start', () => {
    const role = rolesOf(packages().full.evaluated).get('SchedulerRole');
    expect(role?.AssumeRolePolicyDocument.Statement).toMatchObject([
      {
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
      },
    ]);
    expect(role === undefined ? [] : statementsOf(role)).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: 'ScheduleOwnerRefreshLambdaFunction.Arn' },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'ScheduleDeadLetterQueue.Arn' },
    ]);
  });

  it('[C2] The key decrypts tokens only for ciphertext of this service', () => {
    const { evaluated } = packages().full;
    const statements = [...rolesOf(evaluated).values()]
      .flatMap(statementsOf)
      .filter(({ Resource }) => Resource === 'TokenKey.Arn');
    expect(statements.length).toBe(Object.values(PERMISSIONS).filter(({ tokens }) => tokens !== undefined).length);
    for (const { Condition } of statements) {
      expect(Condition).toEqual({ StringEquals: { 'kms:EncryptionContext:app': 'set-owner-by-email' } });
    }
  });
}
