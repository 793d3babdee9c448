import { withoutUnused } from '../../lib/config/connection.ts';
import { isSecretReference } from '../../lib/config/secrets.ts';
import {
  portalPageVariables,
  refreshVariables,
  setOwnerVariables,
  type Variables,
} from '../../lib/config/variables.ts';
import { type Template, variablesOf } from './template.ts';

/** Of every variable: together these families have them all. */
const RULES: Variables = { ...setOwnerVariables, ...refreshVariables, ...portalPageVariables };

/** @throws naming each variable with whose value the functions would not start: a deployment would replace those that do */
export function checkValues(packaged: Template): void {
  const literals = [...variablesOf(packaged)].filter(([, value]) => isLiteral(value));
  const problems = Object.entries(withoutUnused(Object.fromEntries(literals))).flatMap(([name, value = '']) => {
    const rule = RULES[name];
    return rule === undefined || rule.parse(value) !== undefined ? [] : [`${name}: ${rule.rule}`];
  });
  if (problems.length > 0)
    throw new Error(['Stopped before deploying. Functions would not start with these values:', ...problems].join('\n'));
}

/** What CloudFormation fills in is only known afterwards, and so is a secret. */
function isLiteral(value: string): boolean {
  return value !== '' && !value.startsWith('{') && !value.includes('${') && !isSecretReference(value);
}
