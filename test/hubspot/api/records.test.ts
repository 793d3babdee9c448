import type { RecordRef } from '../../../lib/domain/execution.ts';
import { type ObjectId, type OwnerId, parseObjectId, parseObjectType, parseOwnerId } from '../../../lib/domain/ids.ts';
import { addActiveOwner, addArchivedOwner } from '../../../local/simulator/seed-owners.ts';
import { addCustomObjectType, addProperty } from '../../../local/simulator/seed-portals.ts';
import { addRecord, mergeRecords, readRecordProperty } from '../../../local/simulator/seed-records.ts';
import { PORTAL, PORTAL_ID, useAdapters } from '../adapters.ts';

const current = useAdapters();
const OWNER = 'hubspot_owner_id';

const write = (ref: RecordRef, ownerId: string, property = OWNER) =>
  current().records.writeOwner(
    { portalId: PORTAL_ID, ...ref, property },
    ownerIdOrNothing(ownerId),
    current().deadline,
  );
const read = (ref: RecordRef, property = OWNER) =>
  current().records.readOwner({ portalId: PORTAL_ID, ...ref, property }, current().deadline);
const stored = (ref: RecordRef, property = OWNER) =>
  readRecordProperty(current().simulator.state, PORTAL, ref.objectType, ref.objectId, property);

function seed(typeId = '0-1', properties: Readonly<Record<string, string>> = {}): RecordRef {
  return refOf(typeId, addRecord(current().simulator.state, PORTAL, { typeId, properties }).id);
}

const seedOwner = () => addActiveOwner(current().simulator.state, PORTAL, { email: 'jane@example.com' }).id;

describe('Writing an owner', () => {
  it.each(['0-1', '0-2', '0-3', '0-5', '0-136'])(
    'The owner of a record of type %s is set and cleared',
    async (typeId) => {
      const [ref, ownerId] = [seed(typeId), seedOwner()];
      await expect(write(ref, ownerId)).resolves.toEqual({ kind: 'written' });
      expect(stored(ref)).toBe(ownerId);
      await expect(write(ref, '')).resolves.toEqual({ kind: 'written' });
      expect(stored(ref)).toBe('');
      expect(current().simulator.calls.all()).toMatchObject(
        Array(2).fill({ method: 'PATCH', path: `/crm/objects/2026-09/${typeId}/${ref.objectId}` }),
      );
    },
  );

  it('A custom object is addressed by its type ID, and a property other than the default is set', async () => {
    const { state } = current().simulator;
    addCustomObjectType(state, PORTAL, { typeId: '2-345', name: 'cars' });
    addProperty(state, PORTAL, '2-345', { name: 'second_rep', referencedObjectType: 'OWNER' });
    const [ref, ownerId] = [seed('2-345'), seedOwner()];
    await expect(write(ref, ownerId, 'second_rep')).resolves.toEqual({ kind: 'written' });
    expect(stored(ref, 'second_rep')).toBe(ownerId);
    expect(stored(ref)).toBe('');
  });

  it('Writing an owner can be repeated', async () => {
    const [ref, ownerId] = [seed(), seedOwner()];
    await write(ref, ownerId);
    await expect(write(ref, ownerId)).resolves.toEqual({ kind: 'written' });
  });

  it('A write to a merged record reaches the surviving record', async () => {
    const [old, survivor, ownerId] = [seed(), seed(), seedOwner()];
    mergeRecords(current().simulator.state, PORTAL, '0-1', old.objectId, survivor.objectId);
    await expect(write(old, ownerId)).resolves.toEqual({ kind: 'written', survivorId: survivor.objectId });
    expect(stored(survivor)).toBe(ownerId);
  });

  it('HubSpot accepts an archived owner in a write, so the caller must check first', async () => {
    const left = addArchivedOwner(current().simulator.state, PORTAL, { email: 'jane@example.com' });
    await expect(write(seed(), left.id)).resolves.toEqual({ kind: 'written' });
  });
});

describe.each(['legacy', 'structured'] as const)('Refused writes, in the %s shape', (errorShape) => {
  beforeEach(() => {
    current().simulator.settings.errorShape = errorShape;
  });

  it.each([
    ['410', 'an unknown id'],
    ['99999999999', 'an id that does not fit an integer'],
  ])('[H1] The owner ID %s is refused with INVALID_OWNER_ID: %s', async (ownerId) => {
    await expect(write(seed(), ownerId)).resolves.toEqual(refused('INVALID_OWNER_ID'));
  });

  it('[H1] A user ID is refused with INVALID_OWNER_ID', async () => {
    addActiveOwner(current().simulator.state, PORTAL, { id: '77', userId: 88 });
    await expect(write(seed(), '88')).resolves.toEqual(refused('INVALID_OWNER_ID'));
  });

  it('An unknown property is refused with PROPERTY_NOT_FOUND', async () => {
    await expect(write(seed(), seedOwner(), 'no_such_property')).resolves.toEqual(refused('PROPERTY_NOT_FOUND'));
  });

  it('A custom object without an owner property is refused with PROPERTY_NOT_FOUND', async () => {
    addCustomObjectType(current().simulator.state, PORTAL, { typeId: '2-345', name: 'cars', hasOwner: false });
    await expect(write(seed('2-345'), seedOwner())).resolves.toEqual(refused('PROPERTY_NOT_FOUND'));
  });

  it.each([
    ['createdate', 'is read-only'],
    ['hs_all_owner_ids', 'is calculated'],
  ])('A write to %s, which %s, is refused with PROPERTY_NOT_FOUND', async (property) => {
    await expect(write(seed(), seedOwner(), property)).resolves.toEqual(refused('PROPERTY_NOT_FOUND'));
  });

  it("A rule of the account's administrator refuses a write with RECORD_VALIDATION_FAILED", async () => {
    const validationRule = { code: 'FAILED_VALIDATION', message: 'Not on Sundays', accepts: () => false };
    const property = { name: OWNER, referencedObjectType: 'OWNER', validationRule } as const;
    addProperty(current().simulator.state, PORTAL, '0-1', property);
    await expect(write(seed(), seedOwner())).resolves.toEqual(refused('RECORD_VALIDATION_FAILED'));
  });
});

describe('Refused calls', () => {
  it('[H7] A missing or deleted record is refused with RECORD_NOT_FOUND', async () => {
    const { state } = current().simulator;
    const deleted = addRecord(state, PORTAL, { typeId: '0-1' });
    deleted.archived = true;
    await expect(write(refOf('0-1', deleted.id), seedOwner())).resolves.toEqual(refused('RECORD_NOT_FOUND'));
    await expect(read(refOf('0-1', '404'))).resolves.toEqual(refused('RECORD_NOT_FOUND'));
  });

  it('An unknown object type is refused with RECORD_TYPE_UNSUPPORTED', async () => {
    await expect(write(refOf('2-999', '1'), seedOwner())).resolves.toEqual(refused('RECORD_TYPE_UNSUPPORTED'));
    await expect(read(refOf('2-999', '1'))).resolves.toEqual(refused('RECORD_TYPE_UNSUPPORTED'));
  });
});

describe('Reading an owner', () => {
  it('Reading an owner returns the value that the record has', async () => {
    await expect(read(seed('0-3', { [OWNER]: '77' }))).resolves.toMatchObject({ kind: 'read', value: '77' });
  });

  it.each([
    [OWNER, 'has no value'],
    ['no_such_property', 'does not exist, which HubSpot does not tell on a read'],
  ])('Reading an owner returns nothing when %s %s', async (property) => {
    await expect(read(seed(), property)).resolves.toMatchObject({ kind: 'read', value: '' });
  });
});

function refused(code: string) {
  return { kind: 'refused', code, hubspotCorrelationId: expect.stringMatching(/^[0-9a-f-]{36}$/) };
}

function refOf(typeId: string, id: string): RecordRef {
  const [objectType, objectId] = [parseObjectType(typeId), parseObjectId(id) as ObjectId | undefined];
  if (objectType === undefined || objectId === undefined) throw new Error('a fixture names no valid record');
  return { objectType, objectId };
}

function ownerIdOrNothing(text: string): OwnerId | '' {
  return text === '' ? '' : (parseOwnerId(text) ?? '');
}
