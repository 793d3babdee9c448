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
  const given = withoutUnused(Object.fromEntries([...variablesOf(packaged)].filter(([, value]) => value !== '')));
  const problems = Object.entries(given).flatMap(([name, value = '']) => {
    if (isSecretReference(value)) return mayBeRead(packaged, value) ? [] : [`${name}: no function may read ${value}`];
    const rule = isFilledIn(value) ? undefined : RULES[name];
    return rule === undefined || rule.parse(value) !== undefined ? [] : [`${name}: ${rule.rule}`];
  });
  const idsIn = (name: 'INLINE_PORTAL_IDS' | 'QUEUED_PORTAL_IDS') =>
    setOwnerVariables[name].parse(given[name] ?? '') ?? new Set<PortalId>();
  const problem = findInBoth(idsIn('INLINE_PORTAL_IDS'), idsIn('QUEUED_PORTAL_IDS'));
  if (problem !== undefined) problems.push(problem);
  if (problems.length > 0)
    throw new Error(['Stopped before deploying. Functions would not start with these values:', ...problems].join('\n'));
}

/** The roles name the parameters of the stage, and SSM refuses all that a function asks for when one is another. */
function mayBeRead({ Resources }: Template, reference: string): boolean {
  return JSON.stringify(Resources).includes(`:parameter${reference.slice(reference.indexOf(':') + 1)}"`);
}

/** By CloudFormation: what it is then is only known afterwards. */
function isFilledIn(value: string): boolean {
  return value.startsWith('{') || value.includes('${');
}
