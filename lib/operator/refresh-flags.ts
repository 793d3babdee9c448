import { isJsonObject } from '../domain/json-object.ts';

const NAMES = ['force', 'atOnce'] as const;
/** Fields of the other operators' events, which would be ignored here. */
const ACCOUNT_NAMES = ['portalId', 'portalIds'];
type RefreshFlags = Readonly<Record<(typeof NAMES)[number], boolean>>;

/**
 * Reads an operator's event of `scheduleOwnerRefresh`. The scheduler's own event has other fields, and AWS may add more, so an
 * unknown field is an error only if it is `force` or `atOnce` in another spelling, or names an account.
 * @throws {TypeError} naming the field, because an ignored request would look like a successful one
 */
export function readRefreshFlags(event: unknown): RefreshFlags {
  const given = isJsonObject(event) ? event : {};
  const problems = Object.entries(given).flatMap(([field, value]) => {
    if (ACCOUNT_NAMES.some((one) => plain(one) === plain(field)))
      return [`${field}: unknown; leave it out, all connected accounts are refreshed`];
    const name = NAMES.find((one) => plain(one) === plain(field));
    if (name === undefined) return [];
    if (name !== field) return [`${field}: unknown; write ${name}`];
    return typeof value === 'boolean' ? [] : [`${name}: must be true or false, without quotes`];
  });
  if (problems.length > 0) throw new TypeError(problems.join('; '));
  return { force: given.force === true, atOnce: given.atOnce === true };
}

/** When the scheduler's event was due. A repetition of the event has the same time; an operator's event has none. */
export function readDueTime(event: unknown): number | undefined {
  const { time } = isJsonObject(event) ? event : {};
  const epochMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}
