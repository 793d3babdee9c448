import type { Answer } from '../api.ts';
import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { ACCOUNT, expectStatus, type Ground } from '../ground.ts';
import { NotRun, type Observation } from '../observation.ts';
import { describeAnswer } from '../words.ts';

const CALLBACKS = '/automation/actions/callbacks/2026-09';
const OUTPUTS = { outputFields: { hs_execution_state: 'SUCCESS' } };
const TYPED = { ...OUTPUTS, typedOutputs: {} };
const UNKNOWN = ['400', '404', '409', '410', '422'].map((status) => `${status} that says so`);
/** For a 404 and a 410 the status is enough. */
const ACCEPTED = ['204 without a body', ...UNKNOWN, '404 in HubSpot’s words', '410 in HubSpot’s words'];

/** Callbacks of this account that no enrollment has. */
const unknownIds = ({ portalId }: Ground, count: number) =>
  Array.from({ length: count }, (_, index) => `ap-${portalId}-${999_999_999_000 + index}-0-0`);

async function completeOne(ground: Ground, body: object): Promise<Answer> {
  const [id = ''] = unknownIds(ground, 1);
  const answer = await ground.api.post(`${CALLBACKS}/${id}/complete`, body);
  if (answer.status === 403) expectStatus(answer, 204, 'completing callbacks');
  return answer;
}

async function completeMany(ground: Ground, count: number): Promise<Answer> {
  const inputs = unknownIds(ground, count).map((callbackId) => ({ callbackId, ...TYPED }));
  const answer = await ground.api.post(`${CALLBACKS}/complete`, { inputs });
  if (answer.status === 403) expectStatus(answer, 204, 'completing callbacks');
  return answer;
}

/** Whether HubSpot says that it does not know a callback. */
function describe(answer: Answer): Observation {
  const isSaid = /callback\b[^{}]*\bnot found/i.test(answer.text);
  return isSaid ? { seen: `${answer.status} that says so` } : { seen: describeAnswer(answer).seen };
}

/** Whether a second way of completing is answered as the first one is. */
function compare(first: Answer, second: Answer, alike: string): Observation {
  const [one, other] = [describe(first).seen, describe(second).seen];
  if (!ACCEPTED.includes(one)) return { seen: one };
  return { seen: one === other ? alike : `refused with ${second.status}` };
}

export const callbackChecks: readonly ObservedCheck[] = [
  {
    id: 'callback-unknown',
    title: 'Completing one unknown callback may be answered with 204 or with an error that says so',
    source: NOT_DOCUMENTED,
    accepts: ACCEPTED,
    observe: async (ground) => describe(await completeOne(ground, TYPED)),
  },
  {
    id: 'callback-unknown-batch',
    title: 'Completing a batch of unknown callbacks may be answered with 204 or with an error that says so',
    source: NOT_DOCUMENTED,
    accepts: ACCEPTED,
    observe: async (ground) => describe(await completeMany(ground, 2)),
  },
  {
    id: 'callback-batch-size',
    title: 'A hundred callbacks in one call are answered as two are, or refused as too many',
    source: NOT_DOCUMENTED,
    accepts: ['as two are', 'refused with 400', 'refused with 413'],
    async observe(ground) {
      const [two, hundred] = [await completeMany(ground, 2), await completeMany(ground, 100)];
      return compare(two, hundred, 'as two are');
    },
  },
  {
    id: 'callback-typed-outputs',
    title: 'A completion without typed outputs may be refused',
    source: NOT_DOCUMENTED,
    accepts: ['as with them', 'refused with 400'],
    async observe(ground) {
      const [typed, plain] = [await completeOne(ground, TYPED), await completeOne(ground, OUTPUTS)];
      return compare(typed, plain, 'as with them');
    },
  },
  {
    id: 'callback-counted',
    title: 'Completions may count against the rate limit of the app',
    source: NOT_DOCUMENTED,
    accepts: ['counted', 'not counted'],
    async observe(ground) {
      const left = async () =>
        Number((await ground.api.get(ACCOUNT)).headers.get('x-hubspot-ratelimit-remaining') ?? Number.NaN);
      const before = await left();
      for (let calls = 0; calls < 4; calls += 1) await completeOne(ground, TYPED);
      const spent = before - (await left());
      if (spent === 5) return { seen: 'counted' };
      if (spent === 1) return { seen: 'not counted' };
      throw new NotRun('needs a run in which no earlier calls leave the window meanwhile: try once more');
    },
  },
];
