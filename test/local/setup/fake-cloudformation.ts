import { type Evaluated, evaluate, functionsOf, type Template } from '../../packaging/template.ts';

type Reply = { readonly status: number; readonly body: string };
type Stack = { readonly template: Template; readonly evaluated: Evaluated; status: string };

export type FakeCloudFormation = {
  /** What a deployment does at its end. */
  deploy(stackName: string, template: Template): void;
  /** As another deployment, or a failed one, leaves a stack. */
  setStatus(stackName: string, status: string): void;
  find(stackName: string): Template | undefined;
  hasFunction(functionName: string): boolean;
  /** One call of the query protocol. */
  answer(form: string): Reply;
};

/** What one page of ListStackResources holds (CloudFormation API reference, read 2026-11-27). */
const PAGE = 100;
const VERSION = '2010-05-15';

/** The reading half of CloudFormation. Its errors and pages are those of the API reference. */
export function createFakeCloudFormation(): FakeCloudFormation {
  const stacks = new Map<string, Stack>();

  const operations: Readonly<Record<string, (stack: Stack, form: URLSearchParams) => string>> = {
    DescribeStacks: ({ evaluated, status }, form) => {
      const { outputs: values, resources } = evaluated;
      // A reference to a table is its name.
      const nameOf = (value: unknown) => resources.find(({ name }) => name === value)?.properties.TableName ?? value;
      const outputs = Object.entries(values).map(([key, value]) =>
        member(tag('OutputKey', key) + tag('OutputValue', String(nameOf(value)))),
      );
      const stack = tag('StackName', form.get('StackName') ?? '') + tag('StackStatus', status);
      const created = '<CreationTime>2026-11-27T09:00:00Z</CreationTime>';
      return `<Stacks>${member(`${stack}${created}<Outputs>${outputs.join('')}</Outputs>`)}</Stacks>`;
    },
    GetTemplate: ({ template }) => tag('TemplateBody', JSON.stringify(template)),
    ListStackResources: ({ evaluated: { resources: all } }, form) => {
      const start = Number(form.get('NextToken') ?? 0);
      const rows = all.slice(start, start + PAGE).map(({ name, type }) => {
        const status = tag('ResourceStatus', 'CREATE_COMPLETE');
        return member(`${tag('LogicalResourceId', name)}${tag('ResourceType', type)}${status}`);
      });
      const next = start + PAGE < all.length ? tag('NextToken', String(start + PAGE)) : '';
      return `<StackResourceSummaries>${rows.join('')}</StackResourceSummaries>${next}`;
    },
  };

  return {
    deploy(stackName, template) {
      const verb = stacks.has(stackName) ? 'UPDATE' : 'CREATE';
      // Fails for whatever CloudFormation could not make of the template either.
      const evaluated = evaluate(template);
      stacks.set(stackName, { template, evaluated, status: `${verb}_COMPLETE` });
    },
    setStatus(stackName, status) {
      const stack = stacks.get(stackName);
      if (stack !== undefined) stack.status = status;
    },
    find: (stackName) => stacks.get(stackName)?.template,
    hasFunction: (functionName) =>
      [...stacks.values()].some(({ evaluated }) =>
        [...functionsOf(evaluated).values()].some(({ FunctionName }) => FunctionName === functionName),
      ),
    answer(text) {
      const form = new URLSearchParams(text);
      const name = form.get('Action') ?? '';
      const run = operations[name];
      if (run === undefined || form.get('Version') !== VERSION) return refuse('InvalidAction', `no action ${name}`);
      const stackName = form.get('StackName') ?? '';
      const stack = stacks.get(stackName);
      if (stack === undefined) return refuse('ValidationError', `Stack with id ${stackName} does not exist`);
      const result = `<${name}Result>${run(stack, form)}</${name}Result>`;
      return { status: 200, body: `<${name}Response>${result}</${name}Response>` };
    },
  };
}

function refuse(code: string, message: string): Reply {
  const error = `<Error><Type>Sender</Type>${tag('Code', code)}${tag('Message', message)}</Error>`;
  return { status: 400, body: `<ErrorResponse>${error}</ErrorResponse>` };
}

function tag(name: string, text: string): string {
  return `<${name}>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</${name}>`;
}

function member(content: string): string {
  return `<member>${content}</member>`;
}
