import fc from 'fast-check';
import { HUBSPOT_API_VERSION, toDatedPath } from '../../lib/hubspot/versions.ts';

describe('Dated paths', () => {
  it.each([
    ['/crm/v3/owners', '/crm/owners/2026-09', 'the listing'],
    ['/crm/v3/owners/', '/crm/owners/2026-09', 'the SDK ends the listing with a slash'],
    ['/crm/v3/owners/41', '/crm/owners/2026-09/41', 'one owner'],
    ['/crm/v4/owners', '/crm/owners/2026-09', 'whatever version the SDK was generated from'],
    ['/crm/v3/objects/0-1/7', '/crm/objects/2026-09/0-1/7', 'one record'],
    ['/crm/v3/objects/2-345/7', '/crm/objects/2026-09/2-345/7', 'a record of a custom object'],
    ['/crm/v3/objects/0-1/batch/update', '/crm/objects/2026-09/0-1/batch/update', 'a batch'],
    ['/crm/v3/properties/2-345', '/crm/properties/2026-09/2-345', 'the properties of an object'],
  ])('The path %s is changed to %s (%s)', (sdkPath, expected) => {
    expect(toDatedPath(sdkPath)).toBe(expected);
  });

  it.each([
    ['/automation/v4/actions/callbacks/complete', 'has its version after another word'],
    ['/oauth/v1/token', 'ends in February 2027'],
    ['/crm/v3/ownership', 'only begins like a known area'],
    ['/crm/owners/2026-09', 'is dated already'],
    ['/x/crm/v3/owners', 'does not begin at the root'],
    ['', 'is empty'],
  ])('A dated path for %s is refused because it %s', (sdkPath) => {
    expect(() => toDatedPath(sdkPath)).toThrow('no dated address is known');
  });

  it('No request goes to an undated version of the API', () => {
    const segment = fc.stringMatching(/^[a-z0-9-]{1,8}$/).filter((text) => !/^v\d+$/.test(text));
    const area = fc.constantFrom('owners', 'objects', 'properties');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), area, fc.array(segment, { maxLength: 4 }), (version, name, rest) => {
        const path = toDatedPath(['/crm', `v${version}`, name, ...rest].join('/'));
        expect(path).toBe(['/crm', name, HUBSPOT_API_VERSION, ...rest].join('/'));
        expect(path).not.toMatch(/\/v\d+(\/|$)/);
      }),
    );
  });
});
