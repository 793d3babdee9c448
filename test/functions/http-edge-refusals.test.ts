import { createHandler } from '../../functions/set-owner-by-email.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { MAX_BODY_BYTES, requireSignature } from '../../lib/http/middleware.ts';
import { makeClock } from '../support/clock.ts';
import { makeContext, makeEvent } from '../support/http-events.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';
import { type Service, startService } from '../support/service.ts';

const ROUTE = '/actions/set-owner-by-email';
let service: Service;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.close());

async function sendWatched(event: HttpEvent, action: 'set' | 'find' = 'set') {
  const table = jest.spyOn(service.table.client, 'send');
  const mark = service.simulator.calls.mark();
  const answer = await service.send(event, { action });
  return { ...answer, effects: table.mock.calls.length + service.simulator.calls.since(mark).length };
}

describe('Other paths and methods', () => {
  it.each([
    ['GET', ROUTE, 405],
    ['PUT', ROUTE, 405],
    ['post', ROUTE, 405],
    ['', ROUTE, 405],
    ['POST', '/', 404],
    ['POST', '', 404],
    ['POST', `${ROUTE}/`, 404],
    ['POST', ROUTE.toUpperCase(), 404],
    ['POST', '/actions/find-owner-by-email', 404],
    ['GET', '/.env', 404],
  ])('[E5] The signed request %s %s is answered with %d, and nothing is called', async (method, path, status) => {
    const event = makeEvent({ method, route: path, body: '{}', nowEpochMs: service.clock.now() });
    const answer = await sendWatched(event);
    expect(answer.status).toBe(status);
    expect(answer.effects).toBe(0);
    expect(answer.headers.allow).toBe(status === 405 ? 'POST' : undefined);
    expect(answer.body).toMatchObject({ status: 'error', correlationId: 'request-1' });
  });

  it('[E5] The find action has a path of its own', async () => {
    const event = makeEvent({ body: '{}', nowEpochMs: service.clock.now() });
    expect(await sendWatched(event, 'find')).toMatchObject({ status: 404, effects: 0 });
  });

  it('[E5] An unsigned request to another path calls nothing either', async () => {
    const event = { ...makeEvent({ body: '{}', nowEpochMs: service.clock.now() }), headers: {} };
    expect(await sendWatched(event)).toMatchObject({ status: 401, effects: 0 });
  });
});

describe('The size of a body', () => {
  const sized = (bytes: number, unit = 'x') => unit.repeat(bytes / Buffer.byteLength(unit));
  const eventOf = (body: string, isBase64Encoded: boolean): HttpEvent => ({
    ...makeEvent({ body, nowEpochMs: makeClock().now() }),
    body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded,
  });

  it.each([
    ['256 KiB', sized(MAX_BODY_BYTES), false, 400],
    ['256 KiB in base64', sized(MAX_BODY_BYTES), true, 400],
    ['256 KiB of two-byte characters', sized(MAX_BODY_BYTES, 'é'), false, 400],
    ['one byte more', sized(MAX_BODY_BYTES + 1), false, 413],
    ['one byte more in base64', sized(MAX_BODY_BYTES + 1), true, 413],
    ['one two-byte character more', sized(MAX_BODY_BYTES + 2, 'é'), false, 413],
    ['two megabytes', sized(2 * 1_048_576), false, 413],
  ])('[E7] The size limit of a body is checked for %s', async (_name, body, isBase64Encoded, status) => {
    expect(await sendWatched(eventOf(body, isBase64Encoded))).toMatchObject({ status, effects: 0 });
  });

  it.each([
    ['as text', false],
    ['in base64', true],
  ])('[E7] A body that is too large, %s, is not hashed, and not even the secret is fetched', async (_name, encoded) => {
    const services = jest.fn().mockRejectedValue(new Error('asked for the secret'));
    const middleware = requireSignature(ROUTE, services, makeTelemetry());
    const check = (bytes: number) =>
      middleware.before?.({ event: eventOf(sized(bytes), encoded), context: makeContext() } as never);
    await expect(check(MAX_BODY_BYTES + 1)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', status: 413 });
    expect(services).not.toHaveBeenCalled();
    await expect(check(MAX_BODY_BYTES)).rejects.toThrow('asked for the secret');
  });

  it('[E5, E7] Neither a wrong path nor a large body starts the function', async () => {
    const start = jest.fn().mockRejectedValue(new Error('started'));
    const handler = createHandler(makeTelemetry(), start);
    const small = makeEvent({ body: '{}', nowEpochMs: 0 });
    expect(await handler({ ...small, rawPath: '/' }, makeContext())).toMatchObject({ statusCode: 404 });
    expect(await handler(eventOf(sized(MAX_BODY_BYTES + 1), false), makeContext())).toMatchObject({ statusCode: 413 });
    expect(start).not.toHaveBeenCalled();
    expect(await handler(small, makeContext())).toMatchObject({ statusCode: 500 });
  });
});
