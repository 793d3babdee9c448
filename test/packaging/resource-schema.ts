import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Evaluated, Resource } from './template.ts';

type Spec = ReturnType<typeof loadAwsServiceSpecSync>;
type SpecResource = ReturnType<typeof findResource>;
type PropertyTypes = SpecResource['properties'];
type PropertyType = PropertyTypes[string]['type'];

/** Checks templates against the schemas of their resources that AWS publishes for CloudFormation. */
export function createSchemaCheck(): (evaluated: Evaluated) => string[] {
  const spec = loadAwsServiceSpecSync();
  return ({ resources, references }) => [
    ...resources.flatMap((resource) => checkResource(spec, resource)),
    ...[...references].flatMap((reference) => checkReference(spec, resources, reference)),
  ];
}

function findResource(spec: Spec, type: string) {
  const [found] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
  if (found === undefined) throw new Error(`AWS knows no resource ${type}`);
  return found;
}

function checkResource(spec: Spec, { name, type, properties }: Resource): string[] {
  return checkMembers(spec, findResource(spec, type).properties, properties, name);
}

function checkReference(spec: Spec, resources: readonly Resource[], reference: string): string[] {
  const [name, attribute] = reference.split('.');
  const resource = resources.find((one) => one.name === name);
  if (resource === undefined) return [`${reference}: there is no such resource`];
  const { attributes } = findResource(spec, resource.type);
  return attribute === undefined || attribute in attributes ? [] : [`${reference}: there is no such attribute`];
}

function checkMembers(spec: Spec, members: PropertyTypes, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: must be an object`];
  const given: Readonly<Record<string, unknown>> = { ...value };
  const missing = Object.entries(members).filter(([name, { required }]) => required === true && !(name in given));
  return [
    ...missing.map(([name]) => `${path}.${name}: is missing`),
    ...Object.entries(given).flatMap(([name, item]) => {
      const member = members[name];
      if (member === undefined) return [`${path}.${name}: is unknown`];
      const types = [member.type, ...(member.previousTypes ?? [])];
      const problems = types.map((type) => checkType(spec, type, item, `${path}.${name}`));
      return problems.some((found) => found.length === 0) ? [] : (problems[0] ?? []);
    }),
  ];
}

function checkType(spec: Spec, type: PropertyType, value: unknown, path: string): string[] {
  switch (type.type) {
    case 'string':
      if (typeof value !== 'string') return [`${path}: must be text`];
      return isAllowed(type.allowedValues, value) ? [] : [`${path}: must be one of ${type.allowedValues?.join(', ')}`];
    case 'integer':
      if (!Number.isInteger(value)) return [`${path}: must be a whole number`];
      return isAllowed(type.allowedValues, value) ? [] : [`${path}: must be one of ${type.allowedValues?.join(', ')}`];
    case 'number':
      return typeof value === 'number' ? [] : [`${path}: must be a number`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: must be true or false`];
    case 'array':
      if (!Array.isArray(value)) return [`${path}: must be a list`];
      return value.flatMap((item, index) => checkType(spec, type.element, item, `${path}[${index}]`));
    case 'map':
      return Object.entries(value as object).flatMap(([key, item]) =>
        checkType(spec, type.element, item, `${path}.${key}`),
      );
    case 'ref':
      return checkMembers(spec, spec.get('typeDefinition', type.reference.$ref).properties, value, path);
    case 'union': {
      const problems = type.types.map((one) => checkType(spec, one, value, path));
      return problems.some((found) => found.length === 0) ? [] : problems.flat();
    }
    case 'json':
      return typeof value === 'object' ? [] : [`${path}: must be JSON`];
    default:
      return [];
  }
}

function isAllowed(allowed: readonly unknown[] | undefined, value: unknown): boolean {
  return allowed === undefined || allowed.includes(value);
}
