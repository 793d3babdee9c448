import type { Answer } from '../api.ts';
import type { ObservedCheck } from '../check.ts';
import { ACCOUNT, type Ground } from '../ground.ts';
import { NotRun, type Observation } from '../observation.ts';
import { asObject } from '../words.ts';

const LIMIT_HEADERS = ['max', 'remaining', 'interval-milliseconds'] as const;

export const accountChecks: readonly ObservedCheck[] = [
  {
    id: 'account-details',
    title: 'The account details name the account that a token belongs to',
    source: 'account information API, read 2026-11-23',
    accepts: ['an account ID, a type and a time zone'],
    async observe({ api }) {
      const { portalId, accountType, timeZone } = asObject((await api.get(ACCOUNT)).json);
      const parts = [
        /^\d+$/.test(String(portalId)) ? 'an account ID' : 'no account ID',
        typeof accountType === 'string' ? 'a type' : 'no type',
        typeof timeZone === 'string' ? 'a time zone' : 'no time zone',
      ];
      return { seen: `${parts[0]}, ${parts[1]} and ${parts[2]}` };
    },
  },
  {
    id: 'rate-headers',
    title: 'Replies say how many calls the app may make in a window, and how many are left',
    source: 'usage guidelines, read 2026-11-23',
    accepts: ['limit, rest and window'],
    async observe({ api }) {
      const answer = await api.get(ACCOUNT);
      const [max, , interval] = LIMIT_HEADERS.map((name) => limitHeader(answer, name));
      const isComplete = LIMIT_HEADERS.every((name) => /^\d+$/.test(limitHeader(answer, name)));
      const daily = limitHeader(answer, 'daily') || 'no';
      return isComplete
        ? { seen: 'limit, rest and window', detail: `${max} calls in ${interval} ms, ${daily} daily limit` }
        : { seen: 'not all of the headers' };
    },
  },
  {
    id: 'rate-limit-reply',
    title: 'A call beyond the limit is answered with 429 and the name of the limit',
    source: 'error handling guide, read 2026-11-23',
    accepts: ['429 with a policy name'],
    observe: spendLimit,
  },
];

function limitHeader({ headers }: Answer, name: string): string {
  return headers.get(`x-hubspot-ratelimit-${name}`) ?? '';
}

const RUSH = 20;
/** More than the highest limit that is sold. */
const MOST_CALLS = 300;

/** Calls until HubSpot refuses, and then leaves the account alone for a window. */
async function spendLimit({ api, sleep, maySpendLimit }: Ground): Promise<Observation> {
  if (!maySpendLimit) throw new NotRun('needs --spend-limit, which uses up the limit of the app for ten seconds');
  for (let calls = 0; calls < MOST_CALLS; calls += RUSH) {
    const answers = await api.rush(Array.from({ length: RUSH }, () => ACCOUNT));
    const refused = answers.find(({ status }) => status === 429);
    if (refused !== undefined) {
      await sleep(10_000);
      const { policyName } = asObject(refused.json);
      const retryAfter = refused.headers.has('retry-after') ? 'with' : 'without';
      return typeof policyName === 'string'
        ? { seen: '429 with a policy name', detail: `${policyName}, ${retryAfter} Retry-After` }
        : { seen: '429 without a policy name', detail: `${retryAfter} Retry-After` };
    }
  }
  throw new NotRun(`needs an account that answers ${MOST_CALLS} calls slower than its limit allows`);
}
