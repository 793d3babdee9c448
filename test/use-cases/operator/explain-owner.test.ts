import { toDeadline } from '../../../lib/domain/deadline.ts';
import { MissingScopesError, PortalNotConnectedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { PortalId } from '../../../lib/domain/ids.ts';
import type { ActionResult } from '../../../lib/domain/outcome.ts';
import type { Owner } from '../../../lib/domain/owner.ts';
import type { IdMatch, Resolution } from '../../../lib/domain/resolution.ts';
import type { SettingsUser } from '../../../lib/ports/hubspot.ts';
import type { FoundElsewhere } from '../../../lib/ports/steps.ts';
import type { FindListedOwner } from '../../../lib/ports/store.ts';
import { createExplainOwner } from '../../../lib/use-cases/operator/explain-owner.ts';
import { PORTAL_A, PORTAL_B, toEmail, toUserId, toUserRecordId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const JANE = makeOwner({ id: '1', userId: '11' });
const USER = { recordId: toUserRecordId('700'), internalUserId: toUserId('77'), availability: 'away' };
const SETTINGS: SettingsUser = {
  userId: toUserId('11'),
  superAdmin: false,
  roleIds: [],
  primaryTeamId: '',
  secondaryTeamIds: [],
  seatNames: [],
};
const DEADLINE = toDeadline(START_EPOCH_MS + 8_000);

function setUp() {
  const calls: string[] = [];
  const will = {
    ensureConnected: async () => {},
    known: [] as IdMatch[],
    live: [] as IdMatch[],
    elsewhere: [] as FoundElsewhere[],
    resolution: {
      kind: 'assignable',
      owner: JANE,
      matchedBy: 'EMAIL',
      from: 'CACHE',
      ageSeconds: 90,
    } as Resolution,
    listed: undefined as Awaited<ReturnType<FindListedOwner>>,
    settings: async (): Promise<SettingsUser | undefined> => SETTINGS,
    find: async (email: string): Promise<ActionResult> => ({ outcome: 'FOUND', subject: email }),
  };
  const explain = createExplainOwner({
    identifyKnown: async () => will.known,
    async identifyLive() {
      calls.push('identify live');
      return will.live;
    },
    async findElsewhere(_portalId, digits, from) {
      calls.push(`elsewhere ${digits} ${from}`);
      return will.elsewhere;
    },
    resolver: {
      resolveEmail: async () => will.resolution,
      resolveOwnerId: async () => undefined,
      resolvePresentOwner: async () => undefined,
      isActiveOwner: async () => false,
      lookUpLive: async () => will.resolution,
      lookUpOwnerLive: async () => undefined,
      invalidateOwner: async () => {},
    },
    findOwner: ({ ownerEmail }) => will.find(ownerEmail),
    findListed: async () => will.listed,
    settingsUsers: { findByEmail: () => will.settings() },
    ensureConnected: () => will.ensureConnected(),
    now: makeClock().now,
  });
  const run = (value: string, fromPortalId?: PortalId) =>
    explain({ portalId: PORTAL_A, value, ...(fromPortalId !== undefined && { fromPortalId }) }, DEADLINE);
  return { run, will, calls };
}

it('The explanation of an email contains its person, what is known about them, and the answer of the action', async () => {
  const { run, will, calls } = setUp();
  will.listed = { owner: { ...JANE, user: USER, formerEmails: [toEmail('old@example.com')] }, sinceEpochMs: 5 };
  expect(await run(' Jane@Example.com ')).toEqual({
    matches: [
      {
        idType: 'email',
        owner: { ...JANE, user: USER, formerEmails: ['old@example.com'] },
        lastConfirmedAtEpochMs: START_EPOCH_MS - 90_000,
        knownSinceAtEpochMs: 5,
        settingsUser: SETTINGS,
        byTheirEmail: { outcome: 'FOUND', subject: 'jane@example.com' },
      },
    ],
    elsewhere: [],
    // As the workflow would give it.
    action: { outcome: 'FOUND', subject: ' Jane@Example.com ' },
  });
  expect(calls).toEqual([]);
});

it('The explanation of a refused email contains everybody whom the refusal is about', async () => {
  const { run, will } = setUp();
  const twins = [makeOwner({ id: '5' }), makeOwner({ id: '6' })];
  will.resolution = { kind: 'refused', code: 'OWNER_AMBIGUOUS', about: twins };
  const { matches } = await run('jane@example.com');
  expect(matches.map(({ owner, lastConfirmedAtEpochMs }) => [owner.id, lastConfirmedAtEpochMs])).toEqual([
    ['5', START_EPOCH_MS],
    ['6', START_EPOCH_MS],
  ]);
});

it('A number that the cache knows is not looked up live', async () => {
  const { run, will, calls } = setUp();
  will.known = [{ idType: 'ownerId', owner: JANE, confirmedAtEpochMs: 3 }];
  expect((await run('1')).matches).toMatchObject([{ idType: 'ownerId', lastConfirmedAtEpochMs: 3 }]);
  expect(calls).toEqual([]);
});

it('A number that the cache does not know is looked up live, and counts as confirmed now', async () => {
  const { run, will, calls } = setUp();
  will.live = [{ idType: 'userId', owner: JANE }];
  expect((await run('11')).matches).toMatchObject([{ idType: 'userId', lastConfirmedAtEpochMs: START_EPOCH_MS }]);
  // It is nobody's owner id here, so that it may be one elsewhere.
  expect(calls).toEqual(['identify live', 'elsewhere 11 undefined']);
});

it.each([
  ['jane@sandbox.example.com.invalid', 'jane@sandbox.example.com'],
  ['bob@example.com', 'bob@example.com'],
])('A person in another account with the email %s is looked up here as %s', async (email, asked) => {
  const { run, will } = setUp();
  const owner = makeOwner({ id: '9', email });
  will.elsewhere = [{ portalId: PORTAL_B, owner }];
  expect((await run('9')).elsewhere).toEqual([
    { portalId: PORTAL_B, owner, here: { email: asked, result: { outcome: 'FOUND', subject: asked } } },
  ]);
});

it('A person in another account without an email is explained without an answer of the action', async () => {
  const { run, will } = setUp();
  will.elsewhere = [{ portalId: PORTAL_B, owner: makeOwner({ id: '9', email: undefined }) }];
  expect((await run('9')).elsewhere[0]).not.toHaveProperty('here');
});

it('A number that the operator assigns to another account is looked up there and not here', async () => {
  const { run, will, calls } = setUp();
  will.known = [{ idType: 'ownerId', owner: JANE }];
  expect((await run('1', PORTAL_B)).matches).toEqual([]);
  expect(calls).toEqual([`elsewhere 1 ${PORTAL_B}`]);
});

it('A value that is neither an email nor a number has no person, but an answer of the action', async () => {
  const { run, will, calls } = setUp();
  will.find = async () => ({ outcome: 'FAILED', errorCode: 'EMAIL_INVALID' });
  expect(await run('jane')).toEqual({
    matches: [],
    elsewhere: [],
    action: { outcome: 'FAILED', errorCode: 'EMAIL_INVALID' },
  });
  expect(calls).toEqual([]);
});

it('An owner without an email has neither a settings user nor an answer by email', async () => {
  const { run, will } = setUp();
  const owner: Owner = makeArchivedOwner({ id: '2', email: undefined });
  will.known = [{ idType: 'ownerId', owner }];
  expect((await run('2')).matches).toEqual([
    {
      idType: 'ownerId',
      owner,
      lastConfirmedAtEpochMs: undefined,
      knownSinceAtEpochMs: undefined,
      settingsUser: 'none',
      byTheirEmail: undefined,
    },
  ]);
});

it('Facts about the owner itself are explained even when no refresh has seen them', async () => {
  const { run, will } = setUp();
  const owner = { ...JANE, user: USER, formerEmails: [toEmail('old@example.com')] };
  will.known = [{ idType: 'ownerId', owner }];
  expect((await run('1')).matches).toMatchObject([{ owner }]);
});

it.each<[string, () => Promise<SettingsUser | undefined>, string]>([
  ['nobody has the email', async () => undefined, 'none'],
  ['the scope is missing', () => Promise.reject(new MissingScopesError(undefined)), 'not_granted'],
  ['HubSpot is away', () => Promise.reject(new UpstreamUnavailableError('timeout')), 'unavailable'],
])('An explanation is complete without the settings user when %s', async (_why, settings, expected) => {
  const { run, will } = setUp();
  will.settings = settings;
  expect((await run('jane@example.com')).matches).toMatchObject([{ settingsUser: expected }]);
});

it.each([new TypeError('a mistake'), new PortalNotConnectedError('none')])(
  'An explanation throws when the settings user cannot be read because of %p',
  async (error) => {
    const { run, will } = setUp();
    will.settings = () => Promise.reject(error);
    await expect(run('jane@example.com')).rejects.toBe(error);
  },
);

it('Permanent errors of the action are part of an explanation, and temporary ones are thrown', async () => {
  const { run, will } = setUp();
  will.find = () => Promise.reject(new MissingScopesError('c-1'));
  expect((await run('jane')).action).toMatchObject({ outcome: 'FAILED', errorCode: 'MISSING_SCOPES' });
  const away = new UpstreamUnavailableError('timeout');
  will.find = () => Promise.reject(away);
  await expect(run('jane')).rejects.toBe(away);
});

it('Nothing is explained for an account that is not connected, even if the cache knows it', async () => {
  const { run, will } = setUp();
  const gone = new PortalNotConnectedError('gone');
  will.ensureConnected = () => Promise.reject(gone);
  await expect(run('jane@example.com')).rejects.toBe(gone);
});
