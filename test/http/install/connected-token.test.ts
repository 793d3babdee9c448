import fc from 'fast-check';
import { deriveViewKey, openView, sealView, VIEW_LIFETIME_MS } from '../../../lib/http/install/connected-token.ts';
import { deriveStateKey } from '../../../lib/http/install/state.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { anyText } from '../../support/any-text.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';

const viewKey = deriveViewKey('secret-test-app');
const view = { portalId: PORTAL_A, firstRefresh: 'tonight' } as const;
const seal = (fill = 7) =>
  sealView(view, { viewKey, nowEpochMs: START_EPOCH_MS, randomBytes: (size) => new Uint8Array(size).fill(fill) });
const open = (token: string | undefined, nowEpochMs = START_EPOCH_MS, key = viewKey) =>
  openView(token, { viewKey: key, nowEpochMs });

describe('The token of the page of a connected account', () => {
  it('The page token contains the account and how its first refresh began', () => {
    expect(open(seal())).toEqual({ valid: true, ...view });
  });

  it('The page token works for an hour and not a millisecond longer', () => {
    expect(VIEW_LIFETIME_MS).toBe(3_600_000);
    expect(open(seal(), START_EPOCH_MS + 3_599_999)).toMatchObject({ valid: true });
    expect(open(seal(), START_EPOCH_MS + 3_600_000)).toEqual({ valid: false, reason: 'expired' });
  });

  it('The page token reveals nothing about the account', () => {
    const bytes = Buffer.from(seal(), 'base64url');
    expect(bytes.includes(PORTAL_A)).toBe(false);
    expect(seal(8)).not.toBe(seal());
  });

  it('The page token is invalid when any one of its bytes is changed', () => {
    const good = Buffer.from(seal(), 'base64url');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(open(bytes.toString('base64url'))).toEqual({ valid: false, reason: 'invalid' });
      }),
    );
  });

  it('The page token is invalid in every other form', () => {
    fc.assert(
      fc.property(fc.oneof(anyText(), fc.base64String()), (text) => {
        expect(open(text)).toEqual({ valid: false, reason: 'invalid' });
      }),
    );
  });

  it.each<[string | undefined, string]>([
    [undefined, 'none came'],
    ['', 'an empty one'],
    [seal().slice(0, -4), 'a part of one'],
    [`${seal()}AAAA`, 'one with more behind it'],
    ['A'.repeat(200), 'as long as one can be'],
  ])('The page token %j is invalid: %s', (token, _why) => {
    expect(open(token)).toEqual({ valid: false, reason: 'invalid' });
  });

  it.each([
    ['the secret of another app', deriveViewKey('secret-test-other')],
    ['the key that signs states', deriveStateKey('secret-test-app')],
  ])('The page token cannot be opened with %s', (_what, key) => {
    expect(open(seal(), START_EPOCH_MS, key)).toEqual({ valid: false, reason: 'invalid' });
  });
});
