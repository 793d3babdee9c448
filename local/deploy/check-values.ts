import { findInBoth, withoutUnused } from '../../lib/config/connection.ts';
import { isSecretReference } from '../../lib/config/secrets.ts';
import {
  portalPageVariables,
  refreshVariables,
  setOwnerVariables,
  type Variables,
} from '../../lib/config/variables.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import { LOG_LEVEL } from '../log-level.ts';
import { environmentsOf, type Template, variablesOf } from './template.ts';

/** The rules of every variable: together, these groups contain them all. */
const RULES: Variables = { ...setOwnerVariables, ...refreshVariables, ...portalPageVariables, LOG_LEVEL };

/** Names and values of one function's variables together (Lambda quotas, read 2026-11-28). */
const MAX_BYTES = 4_096;
/** A value that CloudFormation inserts, such as the address of a queue, is longer than its reference. */
const FILLED_IN_BYTES = 120;

/**
 * @throws naming each variable with a value that would keep the functions from starting: the deployment would replace working
 * functions
 */
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
  problems.push(...new Set(environmentsOf(packaged).flatMap((own) => findTooLong(own) ?? [])));
  if (problems.length > 0)
    throw new Error(['Stopped before deploying. Functions would not start with these values:', ...problems].join('\n'));
}

function findTooLong(variables: ReadonlyMap<string, string>): string | undefined {
  const sizes = [...variables].map(([name, value]): [string, number] => {
    const bytes = Buffer.byteLength(value);
    return [name, name.length + (isFilledIn(value) ? Math.max(bytes, FILLED_IN_BYTES) : bytes)];
  });
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  const [longest] = sizes.toSorted(([, one], [, other]) => other - one)[0] ?? [];
  return total > MAX_BYTES
    ? `${longest}: too long by ${total - MAX_BYTES} bytes for what AWS gives a function`
    : undefined;
}

/** The roles name the parameters of the stage. If one parameter has another name, SSM refuses all parameters of the function. */
function mayBeRead({ Resources }: Template, reference: string): boolean {
  return JSON.stringify(Resources).includes(`:parameter${reference.slice(reference.indexOf(':') + 1)}"`);
}

/** CloudFormation inserts it, so its value is only known afterwards. */
function isFilledIn(value: string): boolean {
  return value.startsWith('{') || value.includes('${');
}
