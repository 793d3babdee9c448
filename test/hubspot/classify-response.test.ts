import { classifyFault, classifyResponse } from '../../lib/hubspot/classify-response.ts';
import type { TransportFault } from '../../lib/hubspot/transport.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { reply } from './gateway.ts';

const react = (...args: Parameters<typeof reply>) => classifyResponse(reply(...args).reply, START_EPOCH_MS);
const HTML = '<html><body>Bad gateway</body></html>';

describe('What to do with a reply', () => {
  it.each([
    [200, 'the call was done'],
    [201, 'for the caller to decide'],
    [207, 'a mixed batch result, for the caller to decide'],
    [304, 'for the caller to decide'],
    [413, 'our mistake'],
    [414, 'our mistake, or a record with too many merges'],
    [415, 'our mistake'],
  ])('A reply %d is returned to the caller without a retry (%s)', (status) => {
    expect(react(status, { a: 1 })).toEqual({ kind: 'return', reply: reply(status, { a: 1 }).reply });
  });

  describe.each([400, 404, 405, 410, 422, 451])('A refusal with %d', (status) => {
    it.each([{ status: 'error' }, { category: 'OBJECT_NOT_FOUND' }, { correlationId: 'c-1' }])(
      '[T8] A refusal is trusted when its body is in the form of HubSpot: %j',
      (body) => {
        expect(react(status, body)).toEqual({ kind: 'return', reply: reply(status, body).reply });
      },
    );

    it.each([
      '',
      HTML,
      'null',
      '"error"',
      '[]',
      '{}',
      '{"status":404}',
      '{"status":"ok"}',
      '{"category":""}',
      '{"correlationId":1}',
      '[{"status":"error"}]',
      '{"status":"error"',
      '{"message":"Not Found"}',
    ])('[T8] A refusal is not trusted when its body comes from something in between: %j', (body) => {
      expect(react(status, body)).toEqual({ kind: 'notBelieved', fault: `http_${status}` });
    });
  });

  it.each([
    [400, { errors: [{ code: 'INVALID_OWNER_ID' }] }, 'return'],
    [422, { message: 'Property values were not valid: [{"error":"INVALID_OWNER_ID"}]' }, 'return'],
    [400, { message: 'Unable to infer object type from: 2-9' }, 'return'],
    [404, { errors: [{ code: 'NOT_FOUND' }] }, 'notBelieved'],
    [410, { errors: [{ code: 'GONE' }] }, 'notBelieved'],
  ])(
    '[H1, T8] A refusal %d with the reason alone, %j, leads to: %s. A missing record needs more than a code',
    (status, body, kind) => {
      expect(react(status, body)).toMatchObject({ kind });
    },
  );

  it.each([400, 403, 404, 409])(
    '[H23] A refused completion is believed for its words about the callback alone: %d',
    (status) => {
      const answer = reply(status, { message: 'Callback with ID ap-1 not found for App ID 7' }).reply;
      expect(classifyResponse(answer, START_EPOCH_MS, true)).toMatchObject({ kind: 'return' });
    },
  );

  it.each([
    [408, 'http_408', 0, 'HubSpot did not get the request in time'],
    [409, 'conflict', 0, 'another write was first'],
    [421, 'http_421', 0, 'the connection led to the wrong machine'],
    [423, 'record_locked', 2_000, 'a sync holds the record for two seconds'],
    [425, 'http_425', 0, 'HubSpot did not want to take it so early'],
    [500, 'http_500', 0, 'HubSpot failed'],
    [502, 'http_502', 0, 'pause and retry'],
    [503, 'http_503', 0, 'pause and retry'],
    [504, 'http_504', 0, 'pause and retry'],
    [521, 'http_521', 0, 'pause and retry'],
    [523, 'http_523', 0, 'pause and retry'],
    [524, 'http_524', 0, 'pause and retry'],
    [599, 'http_599', 0, 'an unknown fault of theirs'],
  ])('A reply %d is retried (%s)', (status, fault, minWaitMs) => {
    expect(react(status, HTML)).toEqual({ kind: 'retry', fault, minWaitMs });
  });

  it.each([
    [423, '1', 2_000, 'less than a lock lasts'],
    [423, '4', 4_000, 'longer than a lock lasts'],
    [423, 'Mon, 23 Nov 2026 09:00:03 GMT', 3_000, 'a date'],
    [500, '3', 3_000, 'seconds'],
    [503, 'Mon, 23 Nov 2026 09:00:04 GMT', 4_000, 'a date'],
    [503, '-1', 0, 'no sense in it'],
    [503, 'soon', 0, 'no sense in it, either'],
  ])('[H10] A reply %d with the Retry-After %j is retried after at least %d ms (%s)', (status, header, minWaitMs) => {
    expect(react(status, HTML, { 'retry-after': header })).toMatchObject({ kind: 'retry', minWaitMs });
  });

  it.each([
    [423, '30', 0, 'record_locked'],
    [502, '30', 30_000, 'http_502'],
    [503, 'Mon, 23 Nov 2026 10:00:00 GMT', 60_000, 'http_503'],
  ])(
    '[H10] After a reply %d with the Retry-After %j, longer than an execution can wait, HubSpot is left alone for %d ms',
    (status, header, pauseMs, fault) => {
      expect(react(status, HTML, { 'retry-after': header })).toEqual({ kind: 'giveUp', fault, pauseMs });
    },
  );

  it.each([522, 525, 526])(
    'After a reply %d, which forbids quick retries, HubSpot is left alone for 10 s',
    (status) => {
      expect(react(status, HTML)).toEqual({ kind: 'giveUp', fault: `http_${status}`, pauseMs: 10_000 });
    },
  );

  it.each([
    ['30', 30_000, 'seconds, in this direction'],
    ['86400', 60_000, 'a day: ask again in a minute'],
    ['', 60_000, 'no wait given'],
    ['-1', 60_000, 'no sense in it'],
  ])('An account that is being moved is left alone for its Retry-After %j (%s)', (header, pauseMs) => {
    const reaction = react(477, {}, { 'retry-after': header });
    expect(reaction).toEqual({ kind: 'giveUp', fault: 'account_migrating', pauseMs });
  });

  it.each([
    [HTML, false],
    ['', false],
    [{ status: 'error', category: 'INVALID_AUTHENTICATION' }, true],
  ])(
    '[T8] A rejected token is examined, and the result says whether HubSpot itself rejected it: %j',
    (body, isFromHubSpot) => {
      expect(react(401, body)).toEqual({ kind: 'tokenRejected', isFromHubSpot });
    },
  );

  it.each([
    ['MISSING_SCOPES', 'a scope is missing'],
    ['USER_DOES_NOT_HAVE_PERMISSIONS', "the app's creator lost permissions"],
  ])('A 403 with %s means missing rights (%s)', (category) => {
    expect(react(403, { category, correlationId: 'c-1' })).toEqual({
      kind: 'missingScopes',
      correlationId: 'c-1',
      scopes: [],
    });
  });

  it.each([
    { status: 'error', message: 'This oauth-token does not have proper permissions!', correlationId: 'c-1' },
    { message: 'no category and no code', correlationId: 'c-1' },
    { errors: [{ code: 'MISSING_SCOPES' }], correlationId: 'c-1' },
  ])('[H6] A 403 in HubSpot’s own words means missing rights, whichever of them it names: %j', (body) => {
    expect(react(403, body)).toEqual({ kind: 'missingScopes', correlationId: 'c-1', scopes: [] });
  });

  it.each([HTML, '', '{}', '{"message":"Forbidden"}', '{"status":403}'])(
    'A 403 from something between HubSpot and us does not mean missing rights: %j',
    (body) => {
      expect(react(403, body)).toEqual({ kind: 'giveUp', fault: 'http_403', pauseMs: 0 });
    },
  );

  it.each([
    ['the burst limit', { policyName: 'TEN_SECONDLY_ROLLING' }, {}, 10_000, false],
    ['the limit of search', { policyName: 'SECONDLY' }, {}, 1_000, false],
    ['a burst with a wait', { policyName: 'TEN_SECONDLY_ROLLING' }, { 'retry-after': '3' }, 3_000, false],
    ['an HTML page', HTML, {}, 10_000, false],
    ['an HTML page with a wait', HTML, { 'retry-after': '4' }, 4_000, false],
    ['a wait without sense', {}, { 'retry-after': 'NaN' }, 10_000, false],
    ['the daily limit', { policyName: 'DAILY' }, {}, 600_000, true],
    ['the daily limit with a short wait', { policyName: 'DAILY' }, { 'retry-after': '1' }, 600_000, true],
    ['the daily limit in its message', { message: 'You have reached your daily limit.' }, {}, 600_000, true],
    ['the limit of search in its message', { message: 'You have reached your secondly limit.' }, {}, 1_000, false],
    ['the daily limit in its headers', HTML, { 'x-hubspot-ratelimit-daily-remaining': '0' }, 600_000, true],
    ['a daily limit that is not used up', HTML, { 'x-hubspot-ratelimit-daily-remaining': '1' }, 10_000, false],
    [
      'the burst limit and a header of none left',
      { policyName: 'TEN_SECONDLY_ROLLING' },
      { 'x-hubspot-ratelimit-daily-remaining': '0' },
      10_000,
      false,
    ],
  ])('A reply 429 is read with %s', (_why, body, headers, waitMs, daily) => {
    expect(react(429, body, headers)).toEqual({ kind: 'rateLimited', waitMs, daily });
  });

  it.each([
    [200, '', 'retry', 'a 200 always has a body'],
    [200, HTML, 'retry', 'a page of a proxy'],
    [200, '{"id":', 'retry', 'cut'],
    [200, '{"status":"error","results":[]}', 'retry', 'an error says nothing about what is there'],
    [200, '{"status":"COMPLETE","results":[]}', 'return', 'a batch'],
    [204, '', 'return', 'has no body by nature'],
    [202, '', 'return', 'for the caller to decide'],
  ])('A reply %d with the body %j leads to: %s (%s)', (status, body, kind) => {
    expect(react(status, body)).toMatchObject({ kind });
  });
});

describe('What to do with a network fault', () => {
  it.each<[TransportFault]>([
    ['timeout'],
    ['connection_refused'],
    ['connection_reset'],
    ['dns'],
    ['tls'],
    ['body_cut'],
    ['network'],
  ])('A call is retried after the network fault %s', (fault) => {
    expect(classifyFault(fault)).toEqual({ kind: 'retry', fault, minWaitMs: 0 });
  });

  it.each<[TransportFault]>([['redirect'], ['body_too_large']])(
    'A call is not retried after the network fault %s',
    (fault) => {
      expect(classifyFault(fault)).toEqual({ kind: 'giveUp', fault, pauseMs: 0 });
    },
  );
});
