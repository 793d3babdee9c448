import { toDeadline } from '../../../lib/domain/deadline.ts';
import { makeAnswering, PORTAL_ID } from '../adapters.ts';

const OUTPUTS = { outcome: 'ASSIGNED', hs_execution_state: 'SUCCESS' };

function answering(status: number, text = '') {
  const adapters = makeAnswering({ status, body: text });
  const complete = (...callbackIds: string[]) =>
    adapters.callbacks.complete(
      PORTAL_ID,
      callbackIds.map((callbackId) => ({ callbackId, outputFields: OUTPUTS })),
      toDeadline(1),
    );
  const bodies = () => adapters.requests.map(({ body = '' }) => JSON.parse(body) as unknown);
  return { ...adapters, complete, bodies };
}

describe('The form of a completion', () => {
  it('A completion sends typed outputs, which the specification requires, in a batch and alone', async () => {
    const { complete, requests, bodies } = answering(204);
    await complete('ap-1', 'ap-2');
    await complete('ap-3');
    const alone = { outputFields: OUTPUTS, typedOutputs: {} };
    expect(bodies()).toEqual([
      {
        inputs: [
          { callbackId: 'ap-1', ...alone },
          { callbackId: 'ap-2', ...alone },
        ],
      },
      alone,
    ]);
    for (const { method, headers } of requests) {
      expect({ method, headers }).toMatchObject({ method: 'POST', headers: { 'Content-Type': 'application/json' } });
    }
  });

  it.each([
    ['ap-1-2-3-4', 'ap-1-2-3-4'],
    ['a/b?c=d#e', 'a%2Fb%3Fc%3Dd%23e'],
    ['../owners', '..%2Fowners'],
    ['ü', '%C3%BC'],
  ])(
    '[X4] A completion puts the callback ID %s into one segment of a dated path, as %s',
    async (callbackId, segment) => {
      const { complete, requests } = answering(204);
      await complete(callbackId);
      expect(requests.map(({ url }) => url)).toEqual([
        `https://api.example.com/automation/actions/callbacks/2026-09/${segment}/complete`,
      ]);
    },
  );
});

describe('The answer to a completion', () => {
  const NOT_FOUND = {
    status: 'error',
    category: 'VALIDATION_ERROR',
    message: 'Callback with ID ap-2 not found for App ID 3',
  };
  const NAMED = { results: [{ callbackId: 'ap-1' }], errors: [{ context: { ids: ['ap-2'] } }] };
  const FIRST = { kind: 'answered', completed: new Set(['ap-1']) };
  const nobody = { kind: 'answered', completed: new Set() };
  const BOTH = { kind: 'answered', completed: new Set(['ap-1', 'ap-2']) };
  const SECOND = { kind: 'answered', completed: new Set(['ap-2']) };

  it.each<[number, unknown, object]>([
    [204, '', BOTH],
    [200, '', BOTH],
    [200, ' \n', BOTH],
    [200, {}, nobody],
    [200, { status: 'error', errors: [] }, nobody],
    [200, 'no JSON', nobody],
    [201, '', nobody],
    [202, '', nobody],
    [202, { results: ['ap-1', 'ap-2'] }, { kind: 'answered', completed: new Set(['ap-1', 'ap-2']) }],
    [207, NAMED, { kind: 'answered', completed: new Set(['ap-1']) }],
    [207, { results: null }, nobody],
    [
      207,
      {
        results: [
          { callbackId: 'ap-1', status: 'ERROR' },
          { callbackId: 'ap-2', status: 'COMPLETE' },
        ],
      },
      SECOND,
    ],
    [
      207,
      {
        results: [
          { id: 'ap-1', errors: [{ message: 'Callback not found' }] },
          { id: 'ap-2', errors: [] },
        ],
      },
      SECOND,
    ],
    [200, { results: { 'ap-1': 'FAILED', 'ap-2': 'COMPLETE' } }, nobody],
    [207, { results: ['ap-1', 'ap-2'], errors: [{ context: { callbackIds: ['ap-1'] } }] }, SECOND],
    [200, { results: ['ap-2'], errors: 'ap-1' }, SECOND],
    [202, { status: 'PENDING', results: ['ap-1', 'ap-2'] }, nobody],
    [200, { status: 'COMPLETE', results: ['ap-2'] }, SECOND],
    [207, { ...NAMED, results: [{ callbackId: 'ap-1' }, { callbackId: 'ap-2' }] }, FIRST],
    [
      207,
      {
        results: [{ callbackId: 'ap-1' }, { callbackId: 'ap-2', status: 'ERROR' }],
      },
      FIRST,
    ],
    [207, { results: [{ id: 'ap-1' }, { id: 'ap-2', errors: [{ message: 'no longer waits' }] }] }, FIRST],
    [
      200,
      {
        results: [
          { id: 'ap-1', error: null },
          { id: 'ap-2', error: { code: 7 } },
        ],
      },
      FIRST,
    ],
    [200, { results: ['ap-1', 'ap-2'], errors: { 'ap-2': 'not found' } }, FIRST],
    [200, { status: 'error', results: ['ap-1'], errors: { 'ap-2': 'not found' } }, nobody],
    [
      207,
      {
        results: [
          { callbackId: 'ap-1', statusCode: 204, success: true },
          { callbackId: 'ap-2', success: false },
        ],
      },
      FIRST,
    ],
    [
      207,
      {
        results: [
          { callbackId: 'ap-1', statusCode: 204, success: true },
          { callbackId: 'ap-2', completed: false },
        ],
      },
      FIRST,
    ],
    [
      207,
      {
        results: [
          { callbackId: 'ap-1', statusCode: 204, success: true },
          { callbackId: 'ap-2', statusCode: 404 },
        ],
      },
      FIRST,
    ],
    [
      207,
      {
        results: [
          { callbackId: 'ap-1', statusCode: 204, success: true },
          { callbackId: 'ap-2', state: 'FAILED' },
        ],
      },
      FIRST,
    ],
    [
      207,
      {
        results: [
          { callbackId: 'ap-1', statusCode: 204, success: true },
          { callbackId: 'ap-2', reason: 'NOT_FOUND' },
        ],
      },
      FIRST,
    ],
    [
      207,
      {
        results: [
          { callbackId: 'ap-1', statusCode: 204, success: true },
          { callbackId: 'ap-2', result: 'still processing' },
        ],
      },
      FIRST,
    ],
    [207, { results: ['ap-1', 'ap-2'], failures: [{ callbackId: 'ap-2' }] }, FIRST],
    [200, { results: ['ap-1', 'ap-2'], notFound: ['ap-2'] }, FIRST],
    [200, { results: ['ap-1', 'ap-2'], success: false }, nobody],
    [404, '', { kind: 'unknown' }],
    [410, '', { kind: 'unknown' }],
    [400, NOT_FOUND, { kind: 'unknown' }],
    [422, NOT_FOUND, { kind: 'unknown' }],
    [409, { status: 'error', message: 'Callback ap-2 was already completed' }, { kind: 'unknown' }],
    [400, { status: 'error', message: 'Callback with ID ap-2 has already been completed' }, { kind: 'unknown' }],
    [400, { status: 'error', message: 'Callback ap-2 is already completed.' }, { kind: 'unknown' }],
    [422, { status: 'error', message: 'The callback ap-2 has expired' }, { kind: 'unknown' }],
    [
      400,
      { status: 'error', message: 'Invalid callback. Callback with ID "ap-2" was not found.' },
      { kind: 'unknown' },
    ],
    [400, { status: 'error', message: 'callbackId ap-2: not found' }, { kind: 'unknown' }],
  ])('[W1, H23, H25] The answer %d with %j to a completion means %j', async (status, body, expected) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const { complete, requests } = answering(status, text);
    const answer = await complete('ap-1', 'ap-2');
    // Other texts in the reply name nobody.
    const named = answer.kind === 'answered' ? [...answer.completed].filter((name) => name.startsWith('ap-')) : [];
    expect({ ...answer, ...('completed' in answer && { completed: new Set(named) }) }).toEqual({
      ...expected,
      mayBeDone: false,
    });
    expect(requests).toHaveLength(1);
  });

  it.each<[number, unknown]>([
    [400, ''],
    [400, { status: 'error', message: 'outputFields: owner not found' }],
    [400, { status: 'error', message: 'Invalid callback', errors: [{ message: 'typedOutputs not found' }] }],
    [400, { status: 'error', message: 'Invalid callback', category: 'SESSION_EXPIRED', subCategory: 'expired' }],
    [400, { status: 'error', message: 'Invalid callback', detail: 'typedOutputs not found' }],
    [400, { status: 'error', message: 'Callback ap-1 cannot be completed: output field ownerTeam not found' }],
    [400, { status: 'error', message: 'Callback ap-1 was refused: the access token expired' }],
    [405, ''],
    [409, { status: 'error', message: 'Conflict' }],
    [413, ''],
    [415, ''],
    [422, { message: 'Property values were not valid' }],
  ])(
    '[W2, H20] The answer %d with %j to a completion does not say which executions still wait',
    async (status, body) => {
      const { complete } = answering(status, JSON.stringify(body));
      const answer = { kind: 'invalid', reason: expect.stringContaining(`http_${status}`), mayBeDone: false };
      expect(await complete('ap-1', 'ap-2')).toEqual(answer);
      expect(await complete('ap-1')).toEqual(answer);
    },
  );

  it('[X8] A large refusal that quotes the request is read in one pass', async () => {
    const message = 'callback '.repeat(400_000);
    const { complete } = answering(400, JSON.stringify({ status: 'error', message }));
    expect(await complete('ap-1', 'ap-2')).toEqual({ kind: 'invalid', reason: 'http_400', mayBeDone: false });
  });
});
