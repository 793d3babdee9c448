import { makeOfflineService } from '../support/offline-service.ts';

const EMAIL = 'jane@example.com';

describe('Object types', () => {
  it.each([
    ['CONTACT', '0-1'],
    ['contact', '0-1'],
    ['COMPANY', '0-2'],
    ['DEAL', '0-3'],
    ['TICKET', '0-5'],
    ['LEAD', '0-136'],
    ['0-3', '0-3'],
    ['2-123', '2-123'],
    ['p8200001_car', 'p8200001_car'],
  ])('[P6, T10] A record of the object type %s is written as %s', async (objectType, typeId) => {
    const service = makeOfflineService();
    await service.execute({ object: { objectId: 501, objectType } });
    expect(service.requests.at(-1)).toMatchObject({
      method: 'PATCH',
      url: `https://hubspot.example.com/crm/objects/2026-09/${typeId}/501`,
    });
  });

  it.each([
    ['unknown', 'INVOICE_LINE'],
    ['the bare name of a custom object', 'car'],
    ['a member of every object', 'constructor'],
    ['a path', '0-1/../owners'],
    ['a path behind the full name of a custom object', 'p8200001_car/../../owners'],
    ['a query', '0-1?x=1'],
    ['half an id', '2-'],
    ['an id with too many digits', `2-${'1'.repeat(19)}`],
    ['empty', ''],
    ['missing', undefined],
    ['a number', 1],
    ['a list', ['CONTACT']],
  ])('[P6] An object type that is %s is refused without a lookup', async (_name, objectType) => {
    const service = makeOfflineService();
    const answer = await service.execute({ object: { objectId: 501, objectType } });
    expect(answer.status).toBe(200);
    expect(answer.outputs).toMatchObject({
      errorCode: 'RECORD_TYPE_UNSUPPORTED',
      hs_execution_state: 'FAIL_CONTINUE',
    });
    expect([...service.requests, ...service.keys]).toEqual([]);
  });
});

describe('Object IDs', () => {
  it.each([
    [501, '501'],
    ['501', '501'],
    [9_007_199_254_740_991, '9007199254740991'],
    ['99999999999999999999', '99999999999999999999'],
  ])('[P7] The object ID %p is written as %s, digit by digit', async (objectId, segment) => {
    const service = makeOfflineService();
    await service.execute({ object: { objectId, objectType: 'CONTACT' } });
    expect(service.requests.at(-1)?.url).toBe(`https://hubspot.example.com/crm/objects/2026-09/0-1/${segment}`);
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['zero', 0],
    ['negative', -501],
    ['a fraction', 501.5],
    ['a number that lost digits', Number('9007199254740993')],
    ['a path', '../owners'],
    ['an escaped path', '..%2Fowners'],
    ['a query', '1?x='],
    ['a fragment', '1#x'],
    ['with white space', ' 501'],
    ['with a line break', '501\n'],
    ['of another script', '٥٠١'],
    ['of 21 digits', '1'.repeat(21)],
    ['a list', [501]],
    ['an object', { id: 501 }],
    ['true', true],
  ])('[P7] An object ID that is %s is refused without a lookup', async (_name, objectId) => {
    const service = makeOfflineService();
    const { outputs } = await service.execute({ object: { objectId, objectType: 'CONTACT' } });
    expect(outputs).toMatchObject({ errorCode: 'INPUT_INVALID', hs_execution_state: 'FAIL_CONTINUE' });
    expect(outputs.errorMessage).toContain('objectId');
    expect([...service.requests, ...service.keys]).toEqual([]);
  });

  it.each([undefined, null, { objectId: 0, objectType: null }, { objectId: null, objectType: '' }])(
    '[P7, T9] An execution whose object is %p has no record, and the set action says so',
    async (object) => {
      const service = makeOfflineService();
      const { outputs } = await service.execute({ object });
      expect(outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'RECORD_MISSING' });
      expect(outputs.errorMessage).toMatch(/^\S.*\.$/);
      expect(service.requests).toEqual([]);
    },
  );

  it.each([undefined, null])('[T9] The find action needs no record, so its object may be %p', async (object) => {
    const { outputs } = await makeOfflineService().execute({ object }, 'find');
    expect(outputs).toMatchObject({ outcome: 'FOUND', ownerId: '75001', hs_execution_state: 'SUCCESS' });
  });
});

describe('Inputs that are not text', () => {
  const kinds = [['jane@example.com'], { value: 'jane@example.com' }, 501, 0, true, false, []];
  const names = ['ownerEmail', 'ownerProperty', 'overwrite', 'ifNotAssignable', 'fallbackOwner'];
  const rows = names.flatMap((name) => kinds.map((value) => [name, JSON.stringify(value), value] as const));

  it.each(rows)('[P13] The input %s = %s is refused by name, without a lookup', async (name, _json, value) => {
    const service = makeOfflineService();
    const { outputs } = await service.execute({ inputFields: { ownerEmail: EMAIL, [name]: value } });
    expect(outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'INPUT_INVALID' });
    expect(outputs.errorMessage).toContain(`"${name}"`);
    expect([...service.requests, ...service.keys]).toEqual([]);
  });

  it('[P13] The find action refuses inputs that are not text too', async () => {
    const service = makeOfflineService();
    const { outputs } = await service.execute({ inputFields: { ownerEmail: [EMAIL] } }, 'find');
    expect(outputs).toMatchObject({ errorCode: 'INPUT_INVALID' });
    expect(service.requests).toEqual([]);
  });

  it.each([undefined, null, ''])('[P13] Optional inputs that are %p have their defaults', async (nothing) => {
    const { outputs } = await makeOfflineService().execute({
      inputFields: { ownerEmail: EMAIL, ownerProperty: nothing, overwrite: nothing, ifNotAssignable: nothing },
    });
    expect(outputs).toMatchObject({ outcome: 'ASSIGNED' });
  });

  it.each(['overwrite', 'ifNotAssignable'])('[P13] The input %s accepts only its declared options', async (name) => {
    for (const value of ['always', 'SOMETIMES', 'toString', '__proto__']) {
      const { outputs } = await makeOfflineService().execute({ inputFields: { ownerEmail: EMAIL, [name]: value } });
      expect(outputs).toMatchObject({ errorCode: 'INPUT_INVALID' });
    }
  });
});
