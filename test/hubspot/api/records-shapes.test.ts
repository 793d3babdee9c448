import fc from 'fast-check';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { RecordRef } from '../../../lib/domain/execution.ts';
import { type OwnerId, parseObjectId, parseObjectType } from '../../../lib/domain/ids.ts';
import { makeAnswering, PORTAL_ID } from '../adapters.ts';

const BROKEN = { code: 'HUBSPOT_CONTRACT_BROKEN', retryable: true };
const PROPERTY = 'hubspot_owner_id';
const OWNER_ID = '77' as OwnerId;
const target = () => ({ portalId: PORTAL_ID, ...contact(), property: PROPERTY });
const saved = (value: unknown) => ({ id: '1', properties: { [PROPERTY]: value } });

function answering(body: unknown, status = 200) {
  const { records, errors } = makeAnswering({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return {
    write: (value: OwnerId | '' = OWNER_ID) => records.writeOwner(target(), value, toDeadline(1)),
    read: () => records.readOwner(target(), toDeadline(1)),
    errors,
  };
}

describe('Shapes of a record', () => {
  it.each([
    [{}],
    [null],
    [[]],
    [5],
    [{ id: '1' }],
    [{ id: 'x', properties: {} }],
    [{ id: '1', properties: 5 }],
    [saved({})],
    [saved(true)],
  ])('[H18] The record %j breaks the contract', async (body) => {
    await expect(answering(body).write()).rejects.toMatchObject(BROKEN);
    await expect(answering(body).read()).rejects.toMatchObject(BROKEN);
  });

  it.each<[unknown, OwnerId | '', string]>([
    [saved('77'), OWNER_ID, 'the value we sent'],
    [saved(''), '', 'the emptiness we sent'],
    [saved(null), '', 'null for the emptiness we sent'],
    [{ id: '1', properties: {} }, OWNER_ID, 'nothing about the property'],
    [{ ...saved('77'), url: 'x', createdAt: 'never' }, OWNER_ID, 'fields that we do not use'],
    [saved(77), OWNER_ID, 'the value we sent, as a number'],
  ])('The answer %j confirms a write of %j: %s', async (body, value) => {
    await expect(answering(body).write(value)).resolves.toEqual({ kind: 'written' });
  });

  it.each([
    [saved('78'), OWNER_ID],
    [saved('77'), ''],
    [saved(''), OWNER_ID],
    [saved(null), OWNER_ID],
    [saved('77;78'), OWNER_ID],
  ] as const)('[H18] The answer %j does not confirm a write of %j', async (body, value) => {
    await expect(answering(body).write(value)).rejects.toMatchObject(BROKEN);
  });

  it.each([201, 202, 204, 207, 304])(
    '[H20] The status %d does not confirm a write, whatever its body',
    async (status) => {
      await expect(answering(saved('77'), status).write()).rejects.toMatchObject(BROKEN);
      await expect(answering(saved('77'), status).read()).rejects.toMatchObject(BROKEN);
    },
  );

  it('[H18] Any JSON confirms a write or breaks the contract, and never fails in another way', async () => {
    const value = fc.oneof(fc.constant('77'), fc.jsonValue());
    const anyBody = fc.oneof(
      fc.jsonValue(),
      fc.record({ id: fc.constant('1'), properties: fc.jsonValue(), propertiesWithHistory: fc.jsonValue() }),
      value.map((each) => saved(each)),
    );
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        const { write, read } = answering(JSON.stringify(body));
        const outcomes = await Promise.allSettled([write(), read()]);
        const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        expect(errors.map((error: { code?: unknown }) => error.code)).toEqual(errors.map(() => BROKEN.code));
      }),
    );
  });
});

describe('Shapes of a refusal', () => {
  it.each([
    [400, '<html>Bad Request</html>', 'RECORD_VALIDATION_FAILED'],
    [400, '', 'RECORD_VALIDATION_FAILED'],
    [400, { category: 'VALIDATION_ERROR' }, 'RECORD_VALIDATION_FAILED'],
    [400, { errors: [{ code: 'INVALID_OPTION' }, { code: 'INVALID_OWNER_ID' }] }, 'INVALID_OWNER_ID'],
    [400, { category: 'VALIDATION_ERROR', errors: [{ code: 'INVALID_OPTION' }] }, 'RECORD_VALIDATION_FAILED'],
    [400, { category: 'VALIDATION_ERROR', errors: [{ code: 'READ_ONLY_VALUE' }] }, 'PROPERTY_NOT_FOUND'],
    [404, '<html>Not Found</html>', 'RECORD_NOT_FOUND'],
    [404, { errors: [{ code: 'INVALID_OWNER_ID' }] }, 'RECORD_NOT_FOUND'],
    [404, { message: 'Unable to infer object type from: 2-9' }, 'RECORD_TYPE_UNSUPPORTED'],
    [410, { category: 'OBJECT_NOT_FOUND' }, 'RECORD_NOT_FOUND'],
    [422, {}, 'RECORD_VALIDATION_FAILED'],
    [412, { errors: [{ code: 'INVALID_OWNER_ID' }] }, 'INVALID_OWNER_ID'],
  ])('The refusal %d with %j is %s, without a correlation ID', async (status, body, code) => {
    const { write, errors } = answering(body, status);
    await expect(write()).resolves.toEqual({ kind: 'refused', code });
    expect(errors).toEqual([]);
  });

  it.each([402, 406, 411, 412, 416, 417, 424, 426, 428, 431, 451, 499])(
    '[H20] The refusal %d, which HubSpot does not document, breaks the contract and says nothing about the record',
    async (status) => {
      await expect(answering({ status: 'error', category: 'ANY' }, status).write()).rejects.toMatchObject(BROKEN);
      await expect(answering({ status: 'error', category: 'ANY' }, status).read()).rejects.toMatchObject(BROKEN);
    },
  );

  it.each([405, 413, 414, 415])(
    '[H9] The status %d is our mistake and is also reported to the operator',
    async (status) => {
      const { write, read, errors } = answering({ correlationId: 'c-1' }, status);
      const refusal = { kind: 'refused', code: 'RECORD_VALIDATION_FAILED', hubspotCorrelationId: 'c-1' };
      await expect(write()).resolves.toEqual(refusal);
      await expect(read()).resolves.toEqual(refusal);
      expect(errors).toEqual(Array(2).fill('HubSpot rejects our request as malformed'));
    },
  );
});

function contact(): RecordRef {
  const [objectType, objectId] = [parseObjectType('CONTACT'), parseObjectId('1')];
  if (objectType === undefined || objectId === undefined) throw new Error('a fixture names no valid record');
  return { objectType, objectId };
}
