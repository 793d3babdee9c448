import { findInBoth, withoutUnused } from '../../lib/config/connection.ts';
import { isSecretReference } from '../../lib/config/secrets.ts';
import {
  portalPageVariables,
  refreshVariables,
  setOwnerVariables,
  type Variables,
} from '../../lib/config/variables.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import { type Template, variablesOf } from './template.ts';

/** Of every variable: together these families have them all. */
const RULES: Variables = { ...setOwnerVariables, ...refreshVariables, ...portalPageVariables };

/** @throws naming each variable with whose value the functions would not start: a deployment would replace those that do */
export function checkValues(packaged: Template): void {
  const literals = new Map([...variablesOf(packaged)].filter(([, value]) => isLiteral(value)));
  const problems = Object.entries(withoutUnused(Object.fromEntries(literals))).flatMap(([name, value = '']) => {
    const rule = RULES[name];
    return rule === undefined || rule.parse(value) !== undefined ? [] : [`${name}: ${rule.rule}`];
  });
  const idsIn = (name: 'INLINE_PORTAL_IDS' | 'QUEUED_PORTAL_IDS') =>
    setOwnerVariables[name].parse(literals.get(name) ?? '') ?? new Set<PortalId>();
  const problem = findInBoth(idsIn('INLINE_PORTAL_IDS'), idsIn('QUEUED_PORTAL_IDS'));
  if (problem !== undefined) problems.push(problem);
  if (problems.length > 0)
    throw new Error(['Stopped before deploying. Functions would not start with these values:', ...problems].join('\n'));
}

/** What CloudFormation fills in is only known afterwards, and so is a secret. */
function isLiteral(value: string): boolean {
  return value !== '' && !value.startsWith('{') && !value.includes('${') && !isSecretReference(value);
}
