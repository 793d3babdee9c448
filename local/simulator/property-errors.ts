import { type Reply, refuse } from './replies.ts';
import type { SimulatorSettings } from './settings.ts';
import type { ObjectType, Portal, PropertyDefinition } from './state.ts';

export type PropertyProblem = { readonly name: string; readonly code: string; readonly message: string };

const MAX_INT32 = 2_147_483_647;

/**
 * Owner properties take an owner id of this portal, or `''` to clear them. Archived owners are accepted: HubSpot answers
 * 200 and the value sticks (seen in a sandbox on 2026-09-25). A user id is refused like any other unknown id.
 */
function checkOwnerValue(portal: Portal, name: string, value: string): PropertyProblem | undefined {
  if (value === '') return undefined;
  if (!/^-?\d{1,15}$/.test(value) || Math.abs(Number(value)) > MAX_INT32) {
    return { name, code: 'INVALID_INTEGER', message: `${value} was not a valid integer.` };
  }
  if (portal.owners.has(value)) return undefined;
  return { name, code: 'INVALID_OWNER_ID', message: `${value} was not a valid owner ID` };
}

function checkDefined(portal: Portal, property: PropertyDefinition, value: string): PropertyProblem | undefined {
  const { name, readOnly = false, calculated = false, several = false, referencedObjectType } = property;
  const { options = [], validationRule: rule } = property;
  if (readOnly || calculated) {
    return { name, code: 'READ_ONLY_VALUE', message: `"${name}" is a read only property; its value cannot be set.` };
  }
  const people = referencedObjectType !== 'OWNER' ? [] : several ? value.split(';') : [value];
  const ownerProblem = people
    .map((person) => checkOwnerValue(portal, name, person))
    .find((problem) => problem !== undefined);
  if (ownerProblem !== undefined) return ownerProblem;
  const allowed = options.map((option) => option.value);
  if (allowed.length > 0 && value !== '' && !allowed.includes(value)) {
    const message = `${value} was not one of the allowed options: [${allowed.join(', ')}]`;
    return { name, code: 'INVALID_OPTION', message };
  }
  return rule === undefined || rule.accepts(value) ? undefined : { name, code: rule.code, message: rule.message };
}

export function findPropertyProblems(
  portal: Portal,
  type: ObjectType,
  values: ReadonlyMap<string, string>,
): PropertyProblem[] {
  return [...values].flatMap(([name, value]) => {
    const property = type.properties.get(name);
    if (property === undefined || property.archived === true) {
      return [{ name, code: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` }];
    }
    return checkDefined(portal, property, value) ?? [];
  });
}

/**
 * The 400 for property values, in either of the shapes that HubSpot uses: the older one hides a JSON array inside the
 * message, the newer one has `errors[].code` (developer forum 2023-08-30 and error handling page, read 2026-11-23).
 */
export function refuseProperties(
  problems: readonly PropertyProblem[],
  errorShape: SimulatorSettings['errorShape'],
): Reply {
  if (errorShape === 'structured') {
    return refuse(400, 'VALIDATION_ERROR', 'Property values were not valid', {
      errors: problems.map(({ name, code, message }) => ({ message, code, context: { propertyName: [name] } })),
    });
  }
  const details = problems.map(({ name, code, message }) => ({
    isValid: false,
    message,
    error: code,
    name,
    localizedErrorMessage: message,
  }));
  return refuse(400, 'VALIDATION_ERROR', `Property values were not valid: ${JSON.stringify(details)}`);
}
