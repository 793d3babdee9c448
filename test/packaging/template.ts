/** A CloudFormation template as the CLI writes it, and what CloudFormation would make of it in an account. */
export type Template = {
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, RawResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
};
type RawResource = { readonly Type: string; readonly Condition?: string; readonly Properties?: object };

export type Resource = { readonly name: string; readonly type: string; readonly properties: Properties };
export type Properties = Readonly<Record<string, unknown>>;
/** Every intrinsic function evaluated: a reference reads `Name`, an attribute `Name.Attribute`. */
export type Evaluated = {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What was referred to, each a resource or one of its attributes. */
  readonly references: ReadonlySet<string>;
};

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111111111111',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::StackName': 'stack',
  'AWS::URLSuffix': 'amazonaws.com',
};
const NO_VALUE = Symbol('AWS::NoValue');

/** @throws for an intrinsic function that it does not know, rather than to let it pass as a value */
export function evaluate(template: Template): Evaluated {
  const references = new Set<string>();

  const refer = (target: string): string => {
    if (!(target in PSEUDO)) references.add(target);
    return PSEUDO[target] ?? target;
  };
  const isTrue = (condition: unknown): boolean => {
    const [[name, operands] = ['', []]] = Object.entries(condition as Record<string, unknown[]>);
    if (name === 'Fn::Not') return !isTrue(operands[0]);
    if (name === 'Fn::Equals') return toValue(operands[0]) === toValue(operands[1]);
    throw new Error(`unknown condition ${name}`);
  };
  const holds = (name: string): boolean => {
    const condition = template.Conditions?.[name];
    if (condition === undefined) throw new Error(`no condition ${name}`);
    return isTrue(condition);
  };
  const functions: Record<string, (argument: never) => unknown> = {
    Ref: (target: string) => (target === 'AWS::NoValue' ? NO_VALUE : refer(target)),
    'Fn::GetAtt': (path: [string, string]) => refer(path.join('.')),
    'Fn::Sub': (text: string) => text.replaceAll(/\$\{([^}]+)\}/g, (_match, target: string) => refer(target)),
    'Fn::Join': ([separator, parts]: [string, unknown[]]) => parts.map(toValue).join(separator),
    'Fn::If': ([name, yes, no]: [string, unknown, unknown]) => toValue(holds(name) ? yes : no),
  };
  const toValue = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(toValue).filter((item) => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = '', argument] = entries[0] ?? [];
    const run = entries.length === 1 ? functions[name] : undefined;
    if (run !== undefined) return run(argument as never);
    if (name.startsWith('Fn::')) throw new Error(`unknown function ${name}`);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, toValue(item)] as const).filter(([, item]) => item !== NO_VALUE),
    );
  };
  const isMade = ({ Condition }: { readonly Condition?: string }) => Condition === undefined || holds(Condition);

  const resources = Object.entries(template.Resources)
    .filter(([, resource]) => isMade(resource))
    .map(([name, { Type, Properties = {} }]) => ({ name, type: Type, properties: toValue(Properties) as Properties }));
  const outputs = Object.fromEntries(
    Object.entries(template.Outputs)
      .filter(([, output]) => isMade(output))
      .map(([name, { Value }]) => [name, toValue(Value)]),
  );
  return { resources, outputs, references };
}

/** The properties of all resources of a type, by the resource's name. */
export function resourcesOf<T = Properties>({ resources }: Evaluated, type: string): ReadonlyMap<string, T> {
  return new Map(
    resources.filter((resource) => resource.type === type).map(({ name, properties }) => [name, properties as T]),
  );
}

export type FunctionProperties = {
  readonly FunctionName: string;
  readonly Description: string;
  readonly Handler: string;
  readonly Runtime: string;
  readonly Architectures: readonly string[];
  readonly Timeout: number;
  readonly Role: string;
  readonly ReservedConcurrentExecutions?: number;
  readonly TracingConfig?: { readonly Mode: string };
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
};

/** The functions by their names in serverless.yml. */
export function functionsOf(evaluated: Evaluated): ReadonlyMap<string, FunctionProperties> {
  const functions = resourcesOf<FunctionProperties>(evaluated, 'AWS::Lambda::Function');
  return new Map(
    [...functions].map(([name, properties]) => [
      `${name[0]?.toLowerCase()}${name.slice(1).replace(/LambdaFunction$/, '')}`,
      properties,
    ]),
  );
}
