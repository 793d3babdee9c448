import { MissingScopesError, PortalNotConnectedError, UpstreamUnavailableError } from '../../lib/domain/errors.ts';
import type { ActionResult, Outcome, RecordRefusal } from '../../lib/domain/outcome.ts';
import {
  EXPIRED,
  ownerAfter,
  permanentErrorAsResult,
  previousOwner,
  reconcileResult,
  refusedBy,
  toCurrent,
  toResult,
} from '../../lib/domain/result.ts';
import { toOwnerId } from '../builders/ids.ts';

const [ONE, FOUR] = [toOwnerId('1'), toOwnerId('4')];
const assigned = (outcome: Outcome): ActionResult => ({ outcome, ownerId: ONE, matchedBy: 'EMAIL' });
const kept = (ownerId: string | undefined) => ({
  outcome: 'KEPT_EXISTING',
  ...(ownerId !== undefined && { ownerId }),
  previousOwnerId: ownerId ?? '',
  keptBecause: 'CHANGED_SINCE',
});

it.each([
  [undefined, { kind: 'unknown' }, {}],
  ['', { kind: 'none' }, { previousOwnerId: '' }],
  [' ', { kind: 'none' }, { previousOwnerId: '' }],
  [' 4 ', { kind: 'assigned', ownerId: '4', active: 'unknown' }, { previousOwnerId: '4' }],
  ['Jane', { kind: 'unknown' }, {}],
])('The property value %j of a record is read as %j', (value, current, previous) => {
  const read = toCurrent(value === undefined ? undefined : { value, setAtEpochMs: 1 });
  expect([read, previousOwner(read)]).toEqual([current, previous]);
});

it.each<[RecordRefusal['code'], boolean]>([
  ['INVALID_OWNER_ID', true],
  ['RECORD_VALIDATION_FAILED', true],
  ['RECORD_NOT_FOUND', false],
  ['PROPERTY_NOT_FOUND', false],
])('A refusal with %s is about the owner to be written: %s', (code, isAboutOwner) => {
  const refusal = { kind: 'refused', code, hubspotCorrelationId: 'c-1' } as const;
  const base = { outcome: 'FAILED', errorCode: code, subject: 'csm_owner', hubspotCorrelationId: 'c-1' };
  expect(refusedBy(refusal, 'csm_owner', FOUR)).toEqual({ ...base, ...(isAboutOwner && { aboutOwnerIds: ['4'] }) });
  expect(refusedBy(refusal, 'csm_owner', '')).toEqual(base);
  expect(refusedBy(refusal, 'csm_owner')).toEqual(base);
});

it('A refusal without a correlation ID has none in its result', () => {
  expect(refusedBy({ kind: 'refused', code: 'RECORD_NOT_FOUND' }, 'p')).not.toHaveProperty('hubspotCorrelationId');
});

it.each<[Outcome, string | undefined]>([
  ['ASSIGNED', '1'],
  ['ALREADY_ASSIGNED', '1'],
  ['FALLBACK_ASSIGNED', '1'],
  ['CLEARED', ''],
  ['KEPT_EXISTING', undefined],
  ['LEFT_UNCHANGED', undefined],
  ['FOUND', undefined],
  ['FAILED', undefined],
])('After the outcome %s a record certainly holds %j', (outcome, expected) => {
  expect(ownerAfter(assigned(outcome))).toBe(expected);
});

it.each<[string, ActionResult, string | undefined, object]>([
  ['names whom the record has', assigned('ASSIGNED'), '1', assigned('ASSIGNED')],
  ['names whom the record lost', assigned('ASSIGNED'), '4', kept('4')],
  ['names whom the record lost to nobody', assigned('ASSIGNED'), '', kept(undefined)],
  ['cleared a record that is empty', { outcome: 'CLEARED' }, '', { outcome: 'CLEARED' }],
  ['cleared a record that has somebody now', { outcome: 'CLEARED' }, '4', kept('4')],
  ['kept a record that is empty', kept(undefined) as ActionResult, '', kept(undefined)],
  ['kept a record empty that has somebody now', kept(undefined) as ActionResult, '4', kept('4')],
  [
    'kept a value that is no owner ID',
    { outcome: 'KEPT_EXISTING', keptBecause: 'SET_TO_KEEP' },
    'Jane',
    { outcome: 'KEPT_EXISTING', keptBecause: 'SET_TO_KEEP' },
  ],
  ['names nobody', { outcome: 'LEFT_UNCHANGED' }, '4', { outcome: 'LEFT_UNCHANGED' }],
  ['is of a record of which nothing is known', assigned('ASSIGNED'), undefined, assigned('ASSIGNED')],
])('A result that %s reports the final owner', (_what, result, end, expected) => {
  expect(reconcileResult(result, end)).toEqual(expected);
});

it('A missing scope becomes a result with what HubSpot asks for, as far as HubSpot says so', () => {
  expect(toResult(new MissingScopesError('c-1', ['a', 'b']))).toEqual({
    outcome: 'FAILED',
    errorCode: 'MISSING_SCOPES',
    subject: 'a, b',
    hubspotCorrelationId: 'c-1',
  });
  expect(toResult(new MissingScopesError(undefined))).toEqual({ outcome: 'FAILED', errorCode: 'MISSING_SCOPES' });
});

it('An account that is not connected becomes a result, and a temporary error does not', () => {
  expect(toResult(new PortalNotConnectedError('none'))).toEqual({
    outcome: 'FAILED',
    errorCode: 'PORTAL_NOT_CONNECTED',
  });
  expect(toResult(new UpstreamUnavailableError('timeout'))).toBeUndefined();
  expect(toResult(new Error('a mistake'))).toBeUndefined();
});

it('A permanent error becomes a result, and any other error is thrown unchanged', async () => {
  const away = new UpstreamUnavailableError('timeout');
  expect(await permanentErrorAsResult(async () => 'fine')).toBe('fine');
  expect(await permanentErrorAsResult(() => Promise.reject(new PortalNotConnectedError('none')))).toMatchObject({
    errorCode: 'PORTAL_NOT_CONNECTED',
  });
  await expect(permanentErrorAsResult(() => Promise.reject(away))).rejects.toBe(away);
});

it('The result of an expired execution says only that it expired', () => {
  expect(EXPIRED).toEqual({ outcome: 'FAILED', errorCode: 'EXPIRED_IN_QUEUE' });
});
