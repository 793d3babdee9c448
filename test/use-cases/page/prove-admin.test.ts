import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  ConfigError,
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import type { UserId } from '../../../lib/domain/ids.ts';
import type { SettingsUser } from '../../../lib/ports/hubspot.ts';
import { createProveAdmin } from '../../../lib/use-cases/page/prove-admin.ts';
import { PORTAL_A, PORTAL_B, toUserId } from '../../builders/ids.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock } from '../../support/clock.ts';

const [ADA, BOB] = [toUserId(7), toUserId(8)];
const asUser = (userId: UserId, superAdmin: boolean): SettingsUser => ({
  userId,
  superAdmin,
  roleIds: [],
  primaryTeamId: '',
  secondaryTeamIds: [],
  seatNames: [],
});

function setUp() {
  const clock = makeClock();
  const asked: string[] = [];
  const will = { answer: async (userId: UserId): Promise<SettingsUser | undefined> => asUser(userId, userId === ADA) };
  const proveAdmin = createProveAdmin({
    settingsUsers: {
      async findById(portalId, userId) {
        asked.push(`${portalId} ${userId}`);
        return will.answer(userId);
      },
    },
    now: clock.now,
    log: createFakeTelemetry().log,
  });
  const prove = (userId = ADA, portalId = PORTAL_A) => proveAdmin(portalId, userId, toDeadline(clock.now() + 1_000));
  return { prove, asked, will, clock };
}

it('A super admin is proved by HubSpot’s answer for five minutes, for each user of each account', async () => {
  const { prove, asked, clock } = setUp();
  const proveAll = async () => {
    expect(await prove()).toEqual({ isAdmin: true });
    expect(await prove(BOB)).toEqual({ isAdmin: false, reason: 'NOT_SUPER_ADMIN' });
    expect(await prove(ADA, PORTAL_B)).toEqual({ isAdmin: true });
  };
  await proveAll();
  clock.advance(299_999);
  await proveAll();
  expect(asked).toHaveLength(3);
  clock.advance(1);
  await prove();
  expect(asked).toHaveLength(4);
});

it('HubSpot is asked once who is a super admin for several requests at the same time', async () => {
  const { prove, asked } = setUp();
  await Promise.all([prove(), prove(), prove()]);
  expect(asked).toHaveLength(1);
});

it.each([
  ['a scope is missing', new MissingScopesError('c-1', ['settings.users.read']), 'MISSING_SCOPES'],
  ['HubSpot is away', new UpstreamUnavailableError('http_503'), 'CANNOT_BE_PROVED'],
  ['the limit is spent', new RateLimitedError(1_000), 'CANNOT_BE_PROVED'],
  ['the answer is none that we know', new UpstreamContractError('odd'), 'CANNOT_BE_PROVED'],
  ['the account is not connected', new PortalNotConnectedError('none'), 'PORTAL_NOT_CONNECTED'],
])('No super admin is proved while %s, and HubSpot is asked again', async (_what, error, reason) => {
  const { prove, will } = setUp();
  const { answer } = will;
  will.answer = async () => {
    throw error;
  };
  expect(await prove()).toEqual({ isAdmin: false, reason });
  will.answer = answer;
  expect(await prove()).toEqual({ isAdmin: true });
});

it('No super admin is proved by a user whom the account does not have, or by another user’s row', async () => {
  const { prove, will } = setUp();
  will.answer = async () => undefined;
  expect(await prove()).toEqual({ isAdmin: false, reason: 'CANNOT_BE_PROVED' });
  will.answer = async () => asUser(BOB, true);
  expect(await prove()).toEqual({ isAdmin: false, reason: 'CANNOT_BE_PROVED' });
});

it.each([
  ['a mistake', new Error('a fault')],
  ['a token of another account', new ConfigError('a fault')],
])('A fault of our own while a super admin is proved is thrown: %s', async (_what, error) => {
  const { prove, will } = setUp();
  will.answer = async () => {
    throw error;
  };
  await expect(prove()).rejects.toThrow('a fault');
});
