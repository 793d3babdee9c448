/** The compared parts of a CloudFormation template. */
export type Template = {
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
};

type TemplateResource = {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
};

/** @throws when it is not a template in JSON, which is how the Serverless CLI writes it */
export function parseTemplate(text: string): Template {
  const template = Object(JSON.parse(text)) as Partial<Template>;
  if (typeof template.Resources !== 'object') throw new Error('the template has no resources');
  return { ...template, Resources: template.Resources };
}

/** Whether a condition of the template is true, given that its operands are literal values. */
export function holds(template: Template, name: string): boolean {
  const condition = template.Conditions?.[name];
  if (condition === undefined) return false;
  return isTrue(template, condition);
}

/** The literals that a condition compares, without the empty one: the values that make it true. */
export function literalsOf(template: Template, name: string): readonly string[] {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value !== '') texts.push(value);
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item);
  };
  collect(template.Conditions?.[name]);
  return texts;
}

/** The resources that CloudFormation makes of a template, by their logical ID. */
export function madeResources(template: Template): ReadonlyMap<string, TemplateResource> {
  return new Map(
    Object.entries(template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || holds(template, Condition),
    ),
  );
}

/** The variables of each function, each value as text. */
export function environmentsOf(template: Template): readonly ReadonlyMap<string, string>[] {
  const functions = [...madeResources(template).values()].filter(({ Type }) => Type === 'AWS::Lambda::Function');
  return functions.map(({ Properties }) => {
    const { Variables = {} } = Object(Properties?.Environment) as { Variables?: Record<string, unknown> };
    return new Map(Object.entries(Variables).map(([name, value]) => [name, toText(template, value)]));
  });
}

/** Variables of all functions together. The functions share them, so the first one counts. */
export function variablesOf(template: Template): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const [name, text] of environmentsOf(template).flatMap((own) => [...own])) {
    if (!variables.get(name)) variables.set(name, text);
  }
  return variables;
}

function isTrue(template: Template, condition: unknown): boolean {
  const [operator, operands] = Object.entries(Object(condition))[0] ?? [];
  if (operator === 'Condition') return holds(template, String(operands));
  const parts = Array.isArray(operands) ? operands : [];
  if (operator === 'Fn::Not') return !isTrue(template, parts[0]);
  if (operator === 'Fn::And') return parts.every((part) => isTrue(template, part));
  if (operator === 'Fn::Or') return parts.some((part) => isTrue(template, part));
  if (operator === 'Fn::Equals') return toText(template, parts[0]) === toText(template, parts[1]);
  throw new Error(`the template has a condition that cannot be compared: ${operator}`);
}

/** References are not resolved: two templates with the same reference agree. */
function toText(template: Template, value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(Object(value))[0] ?? [];
  if (name === 'Fn::Sub' && typeof argument === 'string') return argument;
  if (name !== 'Fn::If') return JSON.stringify(value);
  const [condition, yes, no] = Array.isArray(argument) ? argument : [];
  return toText(template, holds(template, String(condition)) ? yes : no);
}
