import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { parseExecution } from '../../lib/http/parse-execution.ts';

const PORTAL = 8_200_001;
const ORIGIN = { portalId: PORTAL, actionExecutionIndexIdentifier: { enrollmentId: 4, actionExecutionIndex: 0 } };
const EXECUTION = {
  callbackId: `ap-${PORTAL}-4-7-0`,
  origin: ORIGIN,
  context: { source: 'WORKFLOWS', workflowId: 62, actionId: 7 },
  object: { objectId: 501, objectType: 'CONTACT' },
  inputFields: { ownerEmail: 'jane@example.com' },
};

const parse = (parts: object = {}) =>
  parseExecution(Buffer.from(JSON.stringify({ ...EXECUTION, ...parts })), SET_OWNER_BY_EMAIL);
const unreadable = (field: string) =>
  expect.objectContaining({ code: 'BAD_REQUEST', status: 400, fields: expect.arrayContaining([field]) });

describe('The account of an execution', () => {
  it.each([
    ['a number', PORTAL],
    ['digits', String(PORTAL)],
  ])('[W13] The account of an execution is read from a nested origin, as %s', (_name, portalId) => {
    expect(parse({ origin: { ...ORIGIN, portalId } }).portalId).toBe(String(PORTAL));
  });

  it('[W13] The account of an execution may be repeated beside the origin if it is the same', () => {
    expect(parse({ portalId: PORTAL }).portalId).toBe(String(PORTAL));
  });

  it.each<[string, object, string]>([
    ['only as a flat key', { origin: undefined, 'origin.portalId': PORTAL }, 'origin'],
    ['as a flat key beside a nested origin', { 'origin.portalId': PORTAL }, 'origin.portalId'],
    ['only at the top', { origin: undefined, portalId: PORTAL }, 'origin'],
    ['at the top, and the origin is null', { origin: null, portalId: PORTAL }, 'origin'],
    ['at the top, and the origin names none', { origin: {}, portalId: PORTAL }, 'origin.portalId'],
    ['twice, and not the same one', { portalId: 8_200_002 }, 'origin.portalId'],
    ['in a list', { origin: [ORIGIN] }, 'origin'],
    ['as a text that holds the origin', { origin: JSON.stringify(ORIGIN) }, 'origin'],
    ['as zero', { origin: { portalId: 0 } }, 'origin.portalId'],
    ['with a sign', { origin: { portalId: '+8200001' } }, 'origin.portalId'],
  ])('[W13] An execution whose account is named %s is unreadable', (_name, parts, field) => {
    expect(() => parse(parts)).toThrow(unreadable(field));
  });
});

describe('The callback ID', () => {
  it.each([
    ['of another portal', 'ap-8200002-4-7-0'],
    ['of a portal whose number begins alike', `ap-${PORTAL}9-4-7-0`],
    ['of a portal whose number ends alike', `ap-9${PORTAL}-4-7-0`],
    ['of the portal with a zero in front', `ap-0${PORTAL}-4-7-0`],
    ['of another portal in capitals', 'AP-8200002-4-7-0'],
    ['of another portal with characters that no id has', 'ap-8200002-4 7'],
    ['of another portal and far too long', `ap-8200002-${'4'.repeat(300)}`],
  ])('[W13] The callback ID %s makes the execution unreadable', (_name, callbackId) => {
    expect(() => parse({ callbackId })).toThrow(unreadable('callbackId'));
  });

  it.each(['ap-again', 'ap-x-8200002-1', '8200002-4-7-0', 'cb:8200002-4', 'ap-8200002', `ap-${PORTAL}-4-7-0`])(
    '[W13] The callback ID %s is used, because it names no other account',
    (callbackId) => {
      expect(parse({ callbackId })).toMatchObject({ callbackId, executionId: callbackId });
    },
  );
});

it.each(['.', '..', '...'])(
  '[P7, X4] The callback ID %s completes nothing: no escape keeps a path from being led elsewhere by it',
  (callbackId) => {
    expect(parse({ callbackId })).toMatchObject({ callbackId: undefined, hasStableId: true });
  },
);

describe('Executions', () => {
  it.each<[boolean, string, object]>([
    [true, 'a callback id alone', { origin: { portalId: PORTAL } }],
    [true, 'an enrollment id and its round', { callbackId: undefined }],
    [true, 'an enrollment id of text', withIndex({ enrollmentId: '4', actionExecutionIndex: 0 })],
    [true, 'an enrollment id alone', withIndex({ enrollmentId: 4 })],
    [false, 'nothing', withIndex(undefined)],
    [false, 'null for the enrollment', withIndex(null)],
    [false, 'an empty enrollment', withIndex({})],
    [false, 'a round alone, which each enrollment begins at zero', withIndex({ actionExecutionIndex: 0 })],
    [false, 'an enrollment id that is null', withIndex({ enrollmentId: null, actionExecutionIndex: 0 })],
    [false, 'an enrollment id that is empty', withIndex({ enrollmentId: '', actionExecutionIndex: 0 })],
    [false, 'an enrollment id of zero', withIndex({ enrollmentId: 0, actionExecutionIndex: 0 })],
    [false, 'an enrollment id that lost digits', withIndex({ enrollmentId: 2 ** 60, actionExecutionIndex: 0 })],
    [false, 'an enrollment id that is a list', withIndex({ enrollmentId: [4], actionExecutionIndex: 0 })],
    [true, 'a callback id of a form that we do not know', { ...withIndex(undefined), callbackId: 'ap 1' }],
    [true, 'a callback id that is a number', { ...withIndex(undefined), callbackId: 17 }],
    [false, 'a callback id that lost digits', { ...withIndex(undefined), callbackId: 2 ** 60 }],
    [false, 'a callback id that is empty', { ...withIndex(undefined), callbackId: '' }],
    [false, 'a callback id that is a list', { ...withIndex(undefined), callbackId: ['ap-1'] }],
  ])('An execution has a stable ID: %p, identified by %s', (hasStableId, _name, parts) => {
    expect(parse(parts).hasStableId).toBe(hasStableId);
  });

  it.each([
    undefined,
    null,
    {},
    { objectId: null, objectType: null },
    { objectId: '', objectType: '' },
    { properties: {} },
  ])('[T9] An execution whose object is %p has no record and is read', (object) => {
    expect(parse({ object })).toMatchObject({ record: undefined, properties: {}, portalId: String(PORTAL) });
  });
});

it.each<[string, object]>([
  ['the older name beside an empty map', { inputFields: {}, fields: { ownerEmail: 'jane@example.com' } }],
  ['the newer name, which wins', { inputFields: { ownerEmail: 'jane@example.com' }, fields: { ownerEmail: 'x' } }],
  ['either name', { inputFields: { overwrite: '' }, fields: { ownerEmail: 'jane@example.com' } }],
])('An input of an execution is read under %s', (_name, parts) => {
  expect(parse(parts).input('ownerEmail')).toBe('jane@example.com');
});

it.each([
  [62, '62'],
  ['62', '62'],
  [undefined, ''],
  [null, ''],
  [62.5, ''],
  ['6 2', ''],
  [['62'], ''],
])('The workflow %j of an execution is read as %j, for the report of unresolved emails', (workflowId, expected) => {
  expect(parse({ context: { source: 'WORKFLOWS', workflowId } }).workflowId).toBe(expected);
});

function withIndex(actionExecutionIndexIdentifier: unknown) {
  return { callbackId: undefined, origin: { portalId: PORTAL, actionExecutionIndexIdentifier } };
}
