import fc from 'fast-check';
import { bodyBytes, bodySize, headerValues, methodOf, pathOf } from '../../lib/http/http-event.ts';
import { anyText } from '../support/any-text.ts';

const BODY_RUNS = 1_000;

describe('Headers', () => {
  it.each([
    ['none', {}, []],
    ['null members', { headers: null, multiValueHeaders: null }, []],
    ['another name', { headers: { 'x-other': 'a' } }, []],
    ['an undefined value', { headers: { 'x-name': undefined } }, []],
    ['an empty value', { headers: { 'x-name': '' } }, ['']],
    ['any case', { headers: { 'X-NAME': 'a' } }, ['a']],
    ['two spellings', { headers: { 'X-Name': 'a', 'x-name': 'a' } }, ['a', 'a']],
    ['a list', { multiValueHeaders: { 'X-Name': ['a', 'b'] } }, ['a', 'b']],
    ['the same in both members', { headers: { 'X-Name': 'a' }, multiValueHeaders: { 'X-Name': ['a'] } }, ['a']],
    [
      'the last of two in both',
      { headers: { 'X-Name': 'b' }, multiValueHeaders: { 'X-Name': ['a', 'b'] } },
      ['a', 'b'],
    ],
    ['members that differ', { headers: { 'x-name': 'b' }, multiValueHeaders: { 'X-Name': ['a'] } }, ['a', 'b']],
  ])('[E3, E4] The values of a header are read from an event: %s', (_name, event, values) => {
    expect(headerValues(event, 'x-name')).toEqual(values);
  });
});

describe('Method and path', () => {
  it.each([
    ['payload 2.0', { rawPath: '/a', requestContext: { http: { method: 'POST' } } }, 'POST', '/a'],
    ['payload 1.0', { path: '/a', httpMethod: 'POST', requestContext: {} }, 'POST', '/a'],
    ['neither', {}, '', ''],
  ])('[E3] Method and path are read from an event with %s', (_name, event, method, path) => {
    expect([methodOf(event), pathOf(event)]).toEqual([method, path]);
  });
});

describe('Bodies', () => {
  it('[E1] A body has the same bytes in base64 and as text', () => {
    const law = fc.property(
      anyText().filter((text) => text.isWellFormed()),
      (text) => {
        const plain = { body: text };
        const encoded = { body: Buffer.from(text).toString('base64'), isBase64Encoded: true };
        expect(bodyBytes(encoded)).toEqual(bodyBytes(plain));
        expect([bodySize(plain), bodySize(encoded)]).toEqual([bodyBytes(plain).length, bodyBytes(plain).length]);
      },
    );
    fc.assert(law, { numRuns: BODY_RUNS });
  });

  it('[E7] A body is never larger than its calculated size, whatever the base64 contains', () => {
    const law = fc.property(anyText(), (body) => {
      const event = { body, isBase64Encoded: true };
      expect(bodyBytes(event).length).toBeLessThanOrEqual(bodySize(event));
    });
    fc.assert(law, { numRuns: BODY_RUNS });
  });

  it.each([undefined, null, ''])('[E6] The body %p has no bytes', (body) => {
    const event = body === undefined ? {} : { body };
    expect([bodyBytes(event).length, bodySize(event)]).toEqual([0, 0]);
  });
});
