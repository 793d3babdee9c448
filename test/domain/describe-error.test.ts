import fc from 'fast-check';
import { describeError } from '../../lib/domain/describe-error.ts';
import {
  ConfigError,
  SecretsUnavailableError,
  StoreUnavailableError,
  UpstreamUnavailableError,
} from '../../lib/domain/errors.ts';
import { UnreadableRequestError } from '../../lib/http/http-errors.ts';

/** An error as it comes from deep inside. */
function fail(message: string, options: ErrorOptions & { readonly code?: string; readonly name?: string } = {}): Error {
  const { name = 'TypeError', code, cause } = options;
  const error = new TypeError(message, cause === undefined ? {} : { cause });
  return Object.assign(error, { name }, code === undefined ? {} : { code });
}

describe('Unexpected errors', () => {
  it('[W16] An unexpected error is described by its name and by where it was thrown, function by function', () => {
    const { code, reason, stack } = describeError(fail('jane@example.com is not a function'));
    expect([code, reason]).toEqual(['UNEXPECTED', 'TypeError']);
    expect(stack).toMatch(/^fail \(describe-error\.test\.ts:\d+:\d+\) < [\w. <>]+\(/);
  });

  it('[W16] An unexpected error is described with the name, code and place of each of its causes', () => {
    const refused = fail('connect ECONNREFUSED 10.0.0.7', { name: 'Error', code: 'ECONNREFUSED' });
    const error = fail('fetch failed for jane@example.com', {
      cause: fail('inner', { name: 'SocketError', cause: refused }),
    });
    const { causes } = describeError(error);
    expect(causes).toMatch(/^SocketError < fail \(\S+\).* <- Error\[ECONNREFUSED\] < fail \(\S+\)/);
  });

  it('[W16] An error that holds several errors names them', () => {
    const error = new AggregateError(
      [fail('a', { code: 'ETIMEDOUT' }), fail('b', { code: 'ENETUNREACH' })],
      'all failed',
    );
    const { reason, causes } = describeError(error);
    expect(reason).toBe('AggregateError');
    expect(causes).toMatch(/^TypeError\[ETIMEDOUT\].* <- TypeError\[ENETUNREACH\]/);
  });

  it('[W16] The description of an error that is its own cause stops after a few steps', () => {
    const error = fail('round');
    Object.assign(error, { cause: error });
    expect(String(describeError(error).causes).split(' <- ')).toHaveLength(6);
  });

  it.each([
    ['a text', 'jane@example.com', 'string'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'object'],
    ['a number', 7, 'number'],
    ['an object', { email: 'jane@example.com' }, 'object'],
    ['an error whose name is a sentence', fail('x', { name: 'Jane is away' }), 'object'],
    ['an error without a stack', { name: 'Error', message: 'jane@example.com' }, 'Error'],
  ])('[W16] A thrown value that is not an error is described safely: %s', (_what, thrown, reason) => {
    const described = describeError(thrown);
    expect(described).toMatchObject({ code: 'UNEXPECTED', reason });
    expect(JSON.stringify(described)).not.toMatch(/jane@|Jane is/);
  });
});

describe('Errors of the project', () => {
  it('[W16] An error of the project keeps its code and message and shows its cause', () => {
    const cause = fail('jane@example.com', { name: 'Error', code: 'ECONNRESET' });
    const described = describeError(new SecretsUnavailableError('Secrets could not be read', { cause }));
    expect(described).toMatchObject({ code: 'SECRETS_UNAVAILABLE', reason: 'Secrets could not be read' });
    expect(described.causes).toMatch(/^Error\[ECONNRESET\] < fail/);
    expect(described).not.toHaveProperty('stack');
  });

  it('[W16] An error of the project keeps its fault', () => {
    expect(describeError(new UpstreamUnavailableError('timeout'))).toMatchObject({ fault: 'timeout' });
    expect(Object.keys(describeError(new ConfigError('x')))).toEqual(['code', 'reason']);
  });

  it('[D11, W16] A table that could not be used has what DynamoDB said as its fault, so that a query can group by it', () => {
    const faultOf = (cause: unknown) => describeError(new StoreUnavailableError('x', { cause })).fault;
    expect(faultOf(fail('jane@example.com', { name: 'AccessDeniedException' }))).toBe('AccessDeniedException');
    expect(faultOf(fail('connect', { name: 'Error', code: 'ECONNREFUSED' }))).toBe('Error[ECONNREFUSED]');
    expect(describeError(new StoreUnavailableError('x'))).not.toHaveProperty('fault');
  });

  it('[P1, W16] An unreadable request has the names of the fields that were wrong', () => {
    const described = describeError(new UnreadableRequestError('x', ['origin.portalId', 'inputFields']));
    expect(described).toMatchObject({ reason: 'x', unreadable: 'origin.portalId,inputFields' });
  });
});

describe('Stack frames', () => {
  const framesOf = (...lines: readonly string[]) =>
    describeError({ name: 'Error', message: 'boom', stack: ['Error: boom', ...lines].join('\n') }).stack;

  it.each([
    [
      '    at setOwner (/var/task/functions/set-owner-by-email.cjs:1:23456)',
      'setOwner (set-owner-by-email.cjs:1:23456)',
    ],
    ['    at async Table.send (file:///home/jane doe/x/table.ts:9:1)', 'Table.send (table.ts:9:1)'],
    ['    at new Client (/a/node_modules/@aws-sdk/client-sqs/dist-cjs/index.js:3:4)', 'new Client (index.js:3:4)'],
    ['    at Foo.bar [as baz] (/a/b.js:1:2)', 'Foo.bar [as baz] (b.js:1:2)'],
    ['    at /var/task/x.cjs:1:2', 'x.cjs:1:2'],
    [
      '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
      'process.processTicksAndRejections (task_queues:105:5)',
    ],
    ['    at node:events:519:28', 'node:events:519:28'],
    ['    at C:\\Users\\jane\\x.js:1:2', 'x.js:1:2'],
    ['    at Array.map (<anonymous>)', ''],
    ['    at jane@example.com (/a/b.js:1:2)', ''],
    ['  jane@example.com', ''],
  ])('[W16] The stack frame %j is described as %j', (line, told) => {
    expect(framesOf(line)?.toString().replace(/^new /, 'new ')).toBe(told.replace(/^new /, ''));
  });

  it('[W16] Stack frames are never read from an error message, even if it looks like one', () => {
    const error = fail('first line\n    at secret (/var/task/secret.js:1:2)\n    at other (/x/y.js:3:4)');
    expect(describeError(error).stack).not.toMatch(/secret|y\.js/);
    expect(describeError(error).stack).toMatch(/^fail \(/);
  });

  it('[W16] Stack frames and cause names contain no text of any message', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 12 }), { minLength: 1, maxLength: 4 }), (messages) => {
        const error = messages.reduceRight<Error | undefined>(
          (cause, message) => fail(message, cause === undefined ? {} : { cause }),
          undefined,
        );
        const told = JSON.stringify(describeError(error));
        const clean = JSON.stringify(
          describeError(
            messages.reduceRight<Error | undefined>(
              (cause) => fail('fixed text', cause === undefined ? {} : { cause }),
              undefined,
            ),
          ),
        );
        // The same but for the places, which are lines of this test.
        const places = (text: string) => text.replaceAll(/:\d+:\d+/g, '');
        expect(places(told)).toBe(places(clean));
      }),
    );
  });
});
