import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LONGEST_STAGE } from '../../local/deploy/deploy-options.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { actionsOf, fillPolicy, isAllowed, POLICIES, readStatements, resourcesOf } from '../support/policies.ts';
import { inlineCode, read, template } from './pages.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111111111111:function:set-owner-by-email-prod-';
/** Statements without a resource to name: AWS does not know one, or it has no name before it exists. */
const ANY_RESOURCE: Readonly<Record<string, readonly string[]>> = {
  deploy: ['NoResourceToName'],
  operate: ['NoResourceToName'],
  doctor: ['NoResourceToName'],
};

it('There is one policy for each kind of person, and no other', () => {
  const files = readdirSync(join(PROJECT_DIR, 'docs/policies'));
  expect(files.sort()).toEqual(POLICIES.map((name) => `${name}.json`).sort());
});

describe.each(POLICIES)('the policy %s', (name) => {
  const statements = readStatements(name);

  it('A policy is short enough for a managed policy, which AWS counts without white space, for the longest stage', () => {
    const filled = fillPolicy(name, { stage: 'a'.repeat(LONGEST_STAGE), region: 'ap-southeast-1' });
    expect(filled.replace(/\s/g, '').length).toBeLessThan(6_144);
  });

  it('A policy allows no action by a wildcard and names its resources as far as AWS allows', () => {
    expect(actionsOf(statements).filter((action) => !/^[a-z0-9]+:[A-Za-z]+$/.test(action))).toEqual([]);
    const anything = statements.filter((statement) => resourcesOf(statement).includes('*'));
    expect(anything.map(({ Sid }) => Sid)).toEqual(ANY_RESOURCE[name]);
    expect(statements.filter(({ Effect }) => Effect !== 'Allow')).toEqual([]);
  });

  it('A policy for one stage reaches no other stage', () => {
    const named = statements.flatMap(resourcesOf).filter((resource) => resource.includes('set-owner-by-email'));
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((resource) => !/set-owner-by-email[-/]prod\b/.test(resource))).toEqual([]);
  });

  it('The deployment guide links to each policy', () => {
    expect(read('docs/deploy.md')).toContain(`](policies/${name}.json)`);
  });
});

describe('the policy for operating', () => {
  const statements = readStatements('operate');
  const byInvoke = [...template.matchAll(/^ {2}(\w+):\n {4}handler:.*\n {4}description: By invoke only/gm)];
  /** Those that have no other way in, and the night's run, which an operator may start now. */
  const operators = [...byInvoke.map(([, name = '']) => name), 'scheduleOwnerRefresh'].sort();

  it('The policy for operating invokes the functions of operators, and no other', () => {
    const invoked = statements.filter((one) => actionsOf([one]).includes('lambda:InvokeFunction')).flatMap(resourcesOf);
    expect(byInvoke.length).toBeGreaterThan(3);
    expect([...invoked].sort()).toEqual(operators.map((name) => `${FUNCTION_ARN}${name}`));
  });

  it('The policy for operating invokes the functions that the guide for operators lists', () => {
    const table = read('docs/operators.md').split('| Function |')[1]?.split('\n\n')[0] ?? '';
    const rows = [...table.matchAll(/^\| (`\w+`) \|/gm)].flatMap(([, cell = '']) => inlineCode(cell));
    expect(rows.sort()).toEqual(operators);
  });

  const queueNames = [...template.matchAll(/QueueName: \$\{self:custom\.name\}-([a-z-]+)/g)].map(
    ([, name = '']) => name,
  );
  const arnOf = (name: string) => `arn:aws:sqs:eu-central-1:111111111111:set-owner-by-email-prod-${name}`;
  const deadLetters = queueNames.filter((name) => name.endsWith('-dead'));

  // What moving messages takes: the API reference of StartMessageMoveTask, read 2026-11-27.
  it.each(['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'PurgeQueue'])(
    'The policy for operating allows %s on every dead-letter queue',
    (operation) => {
      expect(deadLetters.length).toBeGreaterThan(2);
      expect(deadLetters.filter((name) => !isAllowed(statements, `sqs:${operation}`, arnOf(name)))).toEqual([]);
    },
  );

  it('The policy for operating sends messages only to the queues that dead letters came from, and receives none from those', () => {
    const sources = deadLetters.map((name) => name.replace(/-dead$/, '')).filter((name) => queueNames.includes(name));
    const sends = queueNames.filter((name) => isAllowed(statements, 'sqs:SendMessage', arnOf(name)));
    const takes = queueNames.filter((name) => isAllowed(statements, 'sqs:ReceiveMessage', arnOf(name)));
    expect(sends.sort()).toEqual(sources.sort());
    expect(takes).toEqual(deadLetters);
  });

  it('The policy for operating reads no secret, no row of the table and no token', () => {
    const forbidden = actionsOf(statements).filter((action) =>
      /^(ssm|dynamodb|kms|iam|s3|cloudformation):/.test(action),
    );
    expect(forbidden).toEqual([]);
  });
});

describe('names that CloudFormation makes up', () => {
  // Outputs of public stacks, read 2026-11-28: where stack, resource and 13 random characters are too long together for a name, the
  // first two are cut to 24 characters each.
  const madeUp = (stage: string, resource: string, longest: number) => {
    const parts = [`set-owner-by-email-${stage}`, resource];
    const isTooLong = `${parts.join('-')}-0123456789abc`.length > longest;
    return `${parts.map((part) => (isTooLong ? part.slice(0, 24) : part)).join('-')}-0123456789abc`;
  };
  const roles = [...read('infra/roles.yml').matchAll(/^ {4}(\w+):\n {6}Type: AWS::IAM::Role$/gm)].map(
    ([, name = '']) => name,
  );

  it.each(['dev', 'prod', 'stage', 'staging', 'production', 'customer-acceptance-test'])(
    'The policy for deploying allows the bucket and the roles that CloudFormation names for the stage %s',
    (stage) => {
      const statements = readStatements('deploy', stage);
      const bucket = `arn:aws:s3:::${madeUp(stage, 'ServerlessDeploymentBucket'.toLowerCase(), 63)}`;
      expect([bucket, `${bucket}/any.zip`].filter((arn) => !isAllowed(statements, 's3:PutObject', arn))).toEqual([]);
      expect(isAllowed(statements, 's3:CreateBucket', bucket)).toBe(true);
      expect(roles.length).toBeGreaterThan(10);
      const arnOf = (role: string) => `arn:aws:iam::111111111111:role/${madeUp(stage, role, 64)}`;
      expect(roles.filter((role) => !isAllowed(statements, 'iam:CreateRole', arnOf(role)))).toEqual([]);
    },
  );
});

it("The policy for deploying allows the one role that API Gateway makes with an AWS account's first domain", () => {
  const role =
    'arn:aws:iam::111111111111:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway';
  const allowing = readStatements('deploy').filter((one) => actionsOf([one]).includes('iam:CreateServiceLinkedRole'));
  expect(allowing.flatMap(resourcesOf)).toEqual([role]);
});

it('The policy for deploying starts the first owner refresh and invokes no other function', () => {
  const statements = readStatements('deploy').filter((one) => actionsOf([one]).includes('lambda:InvokeFunction'));
  expect(statements.flatMap(resourcesOf)).toEqual([`${FUNCTION_ARN}scheduleOwnerRefresh`]);
});

it('The policy for deploying allows every call of the programs here to CloudFormation and the parameter store', () => {
  const sources = readdirSync(join(PROJECT_DIR, 'local'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(`local/${name}`));
  const imported = /import \{([^}]+)\} from '@aws-sdk\/client-(cloudformation|ssm)'/g;
  const needed = sources.flatMap((source) =>
    [...source.matchAll(imported)].flatMap(([, names = '', service = '']) =>
      [...names.matchAll(/\b(\w+)Command\b/g)].map(([, operation = '']) => `${service}:${operation}`),
    ),
  );
  expect(needed).toContain('ssm:GetParameters');
  expect(needed.filter((action) => !actionsOf(readStatements('deploy')).includes(action))).toEqual([]);
});

describe('the commands of the guides', () => {
  /** `aws sqs start-message-move-task` is `sqs:StartMessageMoveTask`. */
  const commandsOf = (page: string, services: string) =>
    [...read(page).matchAll(new RegExp(`\\baws (${services}) ([a-z-]+)`, 'g'))].map(
      ([, service = '', command = '']) =>
        `${service}:${command.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase())}`,
    );

  it.each([
    { page: 'docs/deploy.md', services: 'acm|ssm', policy: 'deploy' },
    { page: 'docs/maintain.md', services: 'ssm', policy: 'deploy' },
    { page: 'docs/alarms.md', services: 'sqs|logs|cloudwatch', policy: 'operate' },
  ] as const)('The policy $policy allows the AWS commands of $page', ({ page, services, policy }) => {
    const needed = commandsOf(page, services);
    expect(needed.length).toBeGreaterThan(0);
    expect(needed.filter((action) => !actionsOf(readStatements(policy)).includes(action))).toEqual([]);
  });
});
