import { parseOptionsRequest } from '../../lib/http/options-request.ts';

const PORTAL = 8_200_001;
const REQUEST = { origin: { portalId: PORTAL }, portalId: PORTAL, objectTypeId: '0-1', fetchOptions: {} };
const parse = (parts: object) => parseOptionsRequest(Buffer.from(JSON.stringify({ ...REQUEST, ...parts })));

describe('The account of a request for options', () => {
  it.each<[string, object]>([
    ['in the origin alone', { portalId: undefined }],
    ['in the origin and beside it', {}],
    ['beside an origin that is missing, as captures have it', { origin: undefined }],
    ['beside an origin that is null', { origin: null }],
  ])('[W13] The account of a request for options is read %s', (_name, parts) => {
    expect(parse(parts).portalId).toBe(String(PORTAL));
  });

  it.each<[string, object]>([
    ['as a flat key alone', { origin: undefined, portalId: undefined, 'origin.portalId': PORTAL }],
    ['as a flat key beside another one', { origin: undefined, 'origin.portalId': PORTAL }],
    ['as a flat key beside a nested origin', { 'origin.portalId': PORTAL }],
    ['twice, and not the same one', { portalId: 8_200_002 }],
    ['in a flat body, as a workflow of any account can have it signed', { origin: undefined, fetchOptions: undefined }],
    ['in a flat body with nulls', { origin: null, fetchOptions: null }],
  ])('[W13] A request for options whose account is named %s is unreadable', (_name, parts) => {
    expect(() => parse(parts)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', fields: ['origin.portalId'] }));
  });
});

it('[T10] A request for options may name a custom object by its fully qualified name', () => {
  expect(parse({ objectTypeId: 'p8200001_car' }).objectType).toBe('p8200001_car');
  expect(parse({ objectTypeId: 'car' }).objectType).toBeUndefined();
});
