import fc from 'fast-check';
import { parseJson } from '../../lib/domain/json-object.ts';
import { readErrorBody } from '../../lib/hubspot/error-body.ts';

const NOTHING = {
  isFromHubSpot: false,
  category: '',
  codes: [],
  policyName: '',
  requiredScopes: [],
  unknownObjectType: false,
  correlationId: undefined,
};
const legacy = (...entries: object[]) => `Property values were not valid: ${JSON.stringify(entries)}`;

describe('Error bodies', () => {
  it.each([
    [
      'an invalid owner id hidden as JSON in the message',
      { message: legacy({ isValid: false, error: 'INVALID_OWNER_ID', name: 'hubspot_owner_id' }) },
      { codes: ['INVALID_OWNER_ID'] },
    ],
    [
      'an invalid owner id in structured errors',
      { message: 'Property values were not valid', errors: [{ code: 'INVALID_OWNER_ID', context: {} }] },
      { codes: ['INVALID_OWNER_ID'] },
    ],
    [
      'both at once, the structured one first',
      { message: legacy({ error: 'INVALID_OPTION' }), errors: [{ code: 'INVALID_OWNER_ID' }] },
      { codes: ['INVALID_OWNER_ID', 'INVALID_OPTION'] },
    ],
    [
      "a rule of the account's administrator",
      { message: legacy({ error: 'FAILED_VALIDATION', name: 'hubspot_owner_id' }) },
      { codes: ['FAILED_VALIDATION'] },
    ],
    [
      'an unknown property',
      { message: legacy({ error: 'PROPERTY_DOESNT_EXIST', name: 'rep' }) },
      { codes: ['PROPERTY_DOESNT_EXIST'] },
    ],
    [
      'several problems, in their order',
      { message: legacy({ error: 'READ_ONLY_VALUE' }, { error: 'INVALID_INTEGER' }) },
      { codes: ['READ_ONLY_VALUE', 'INVALID_INTEGER'] },
    ],
    [
      'missing scopes',
      { category: 'MISSING_SCOPES', correlationId: 'f0-1', errors: [{ message: 'One or more', context: {} }] },
      { category: 'MISSING_SCOPES', correlationId: 'f0-1' },
    ],
    [
      'the scopes that are missing, each once, and nothing that is no scope',
      {
        category: 'MISSING_SCOPES',
        errors: [
          { context: { requiredGranularScopes: ['crm.objects.deals.write', 'tickets', 7, '<b>', 'x'.repeat(99)] } },
          { context: { requiredGranularScopes: ['tickets'] } },
          { context: { requiredGranularScopes: null } },
        ],
      },
      { category: 'MISSING_SCOPES', requiredScopes: ['crm.objects.deals.write', 'tickets'] },
    ],
    [
      'the burst limit',
      { errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
      { policyName: 'TEN_SECONDLY_ROLLING' },
    ],
    ['the daily limit', { errorType: 'RATE_LIMIT', policyName: 'DAILY' }, { policyName: 'DAILY' }],
    ['an unknown object type', { message: 'Unable to infer object type from: 2-9' }, { unknownObjectType: true }],
  ])('An error body is read with %s', (_why, body, expected) => {
    expect(readErrorBody({ status: 'error', ...body })).toEqual({
      ...NOTHING,
      isFromHubSpot: true,
      ...expected,
    });
  });

  it.each([
    ['an HTML page', '<html><body>502 Bad Gateway</body></html>'],
    ['nothing', ''],
    ['a truncated body', '{"status":"error","message":"Property values were not valid: [{'],
    ['null', 'null'],
    ['an array', '[{"category":"X","errors":[]}]'],
    ['a number', '429'],
    ['a string', '"DAILY"'],
    ['fields of other types', '{"category":1,"message":[],"errors":{},"policyName":null,"correlationId":7}'],
    ['a list of nothings', '{"errors":[null,1,"x",[],{},{"code":5}]}'],
    ['cut JSON in the message', '{"message":"Property values were not valid: [{\\"error\\":\\"INVALID"}'],
    [
      'an object instead of a list in the message',
      '{"message":"Property values were not valid: {\\"error\\":\\"X\\"}"}',
    ],
  ])('An error body that is %s gives no information', (_why, text) => {
    expect(readErrorBody(parseJson(text))).toEqual(NOTHING);
  });

  it.each([
    ['lower case', 'invalid_owner_id', []],
    ['a sentence', 'Jane was not valid', []],
    ['one letter', 'A', []],
    ['two letters', 'AB', ['AB']],
    ['81 letters', 'A'.repeat(81), ['A'.repeat(81)]],
    ['82 letters', 'A'.repeat(82), []],
  ])('An error code is kept only when it looks like one: %s', (_why, code, codes) => {
    expect(readErrorBody({ errors: [{ code }] }).codes).toEqual(codes);
  });

  it.each([
    ['a UUID', 'aeb5f871-7f07-4993-9211-075dc63e7cbf', true],
    ['64 characters', 'a'.repeat(64), true],
    ['65 characters', 'a'.repeat(65), false],
    ['markup', '<b>1</b>', false],
    ['a line break', 'a\nb', false],
    ['nothing', '', false],
  ])('A correlation ID is kept only when it is harmless: %s', (_why, correlationId, isTaken) => {
    const expected = isTaken ? correlationId : undefined;
    expect(readErrorBody({ correlationId }).correlationId).toBe(expected);
  });

  it('Reading an error body never throws and never passes on free text, whatever the body is', () => {
    const anyBody = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((message) => JSON.stringify({ message, errors: message })),
    );
    fc.assert(
      fc.property(anyBody, (text) => {
        const { codes, correlationId = 'none' } = readErrorBody(parseJson(text));
        expect([...codes, 'NONE'].every((code) => /^[A-Z][A-Z0-9_]+$/.test(code))).toBe(true);
        expect(correlationId).toMatch(/^[\w-]+$/);
      }),
    );
  });
});
