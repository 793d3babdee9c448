import { makeDigest } from '../../lib/domain/digest.ts';
import { notStarted } from '../../lib/domain/nightly-handover.ts';
import type { RefreshReport } from '../../lib/domain/owner-sync.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../builders/ids.ts';

const NOTHING = { joined: 0, deactivated: 0, reactivated: 0, emailChanged: 0, teamChanged: 0, removed: 0 };
const entry = (email: string, count = 3) => ({
  email: toEmail(email),
  count,
  workflowIds: [],
  lastSeenAtEpochMs: 0,
  cause: { kind: 'never_seen' } as const,
});
const report = (more: Partial<RefreshReport> = {}): RefreshReport => ({
  joined: [],
  deactivated: [toOwnerId(1)],
  reactivated: [],
  emailChanged: [],
  teamChanged: [],
  removed: [],
  totals: { ...NOTHING, joined: 2, deactivated: 1 },
  runId: 'run-1',
  startedAtEpochMs: 0,
  durationMs: 1,
  active: 40,
  archived: 7,
  withoutEmail: 0,
  queues: 0,
  withoutUser: 0,
  sharedEmails: 0,
  users: { status: 'not_granted', atEpochMs: 0 } as never,
  unresolved: [entry('jnae@example.com')],
  unresolvedTotal: 5,
  formerEmails: [],
  formerEmailsTotal: 1,
  oddRows: 0,
  hubspotCalls: 2,
  writes: 1,
  ...more,
});
const make = (more: Partial<RefreshReport> = {}, withAddresses = false, pageUrl?: string) =>
  makeDigest(report(more), { portalId: PORTAL_A, withAddresses, pageUrl });

it('A digest says what changed, what is unresolved and where to look, as text and for a chat', () => {
  expect(make()).toEqual({
    subject: 'Owner by email, account 8200001: 3 changes, 5 unresolved emails',
    email: [
      'Owner by email, account 8200001: 3 changes, 5 unresolved emails',
      '',
      'Joined: 2',
      'Deactivated: 1',
      'Unresolved emails: 5',
      'Former addresses in use: 1',
      'People: 40 active, 7 deactivated',
      '',
      'In HubSpot: Settings > Integrations > Connected Apps > Owner by email > Settings.',
    ].join('\n'),
    chat: {
      title: 'Owner by email, account 8200001: 3 changes, 5 unresolved emails',
      description: expect.stringContaining('- Joined: 2\n- Deactivated: 1\n- Unresolved emails: 5'),
    },
  });
});

it('A digest ends with the address of the settings page of its account, if there is one, on a line of its own', () => {
  const digest = make({}, true, 'https://app.hubspot.com/any/{portalId}/page?a_b={portalId}');
  const end = '\n\nOpen the settings page:\nhttps://app.hubspot.com/any/8200001/page?a_b=8200001';
  for (const text of [digest?.email, digest?.chat.description]) {
    expect(text?.slice(-end.length)).toBe(end);
    expect(text).not.toContain('Connected Apps');
  }
});

it('A digest without an address of the settings page ends with the path to it, in a chat, too', () => {
  expect(make()?.chat.description).toMatch(/\n\nIn HubSpot: Settings > [^\n]+ > Settings\.$/);
});

it.each([
  [{ totals: NOTHING, unresolvedTotal: 0, formerEmailsTotal: 3 }, false],
  [{ totals: { ...NOTHING, teamChanged: 1 }, unresolvedTotal: 0 }, true],
  [{ totals: NOTHING, unresolvedTotal: 1 }, true],
])('A digest is made for %j: %s', (more, isThere) => {
  expect(make(more) !== undefined).toBe(isThere);
});

it('[X5] A digest has no address unless it is asked for, and then the most frequent twenty', () => {
  const unresolved = Array.from({ length: 200 }, (_, n) => entry(`p${n}@example.com`, 200 - n));
  expect(JSON.stringify(make({ unresolved }))).not.toContain('@');
  const digest = make({ unresolved }, true);
  expect(digest?.email).toContain('Most frequent:\n  p0@example.com (200)\n  p1@example.com (199)');
  expect(digest?.email.match(/@/g)).toHaveLength(20);
});

it('An address in a digest is neither a link nor emphasis in a chat', () => {
  const digest = make({ unresolved: [entry('a*b_c~d|e`f@example.com')] }, true);
  expect(digest?.email).toContain('a*b_c~d|e`f@example.com');
  expect(digest?.chat.description).toContain('a\\*b\\_c\\~d\\|e\\`f@example.com');
});

it('A digest has a subject that SNS takes: ASCII, at most 100 characters, whatever the numbers', () => {
  const totals = { ...NOTHING, joined: 9_999_999 };
  const digest = makeDigest(report({ totals, unresolvedTotal: 9_999_999 }), {
    portalId: '99999999999999999999' as typeof PORTAL_A,
    withAddresses: false,
    pageUrl: undefined,
  });
  expect(digest?.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

describe('A digest about nightly handovers', () => {
  const quiet = { totals: NOTHING, unresolvedTotal: 0, formerEmailsTotal: 0, unresolved: [] };
  const of = (leaver: number, more: object = {}) => ({
    ...notStarted(toOwnerId(leaver)),
    status: 'moved' as const,
    ...more,
  });
  const linesOf = (...nightly: ReturnType<typeof of>[]) =>
    makeDigest(report(quiet), { portalId: PORTAL_A, withAddresses: false, pageUrl: undefined }, nightly)
      ?.email.split('\n')
      .slice(2, -3);

  it('A digest counts records and leavers of nightly handovers, and what needs a look, without naming anybody', () => {
    expect(
      linesOf(
        of(1, { moved: 3, leftAlone: 2 }),
        of(1, { moved: 4, isCapped: true, isStopped: true, status: 'moving' }),
        of(2, { moved: 1, unreadable: 1 }),
        of(3, { status: 'failed' }),
        of(4, { isStopped: true, reason: 'MISSING_SCOPES', status: 'moving' }),
        notStarted(toOwnerId(5)) as never,
      ),
    ).toEqual([
      'Handed over in the last night: 8 records of 2 leavers',
      'Left alone in nightly handovers: 2',
      'Nightly handovers at their limit of calls: 1',
      'Nightly handovers that could not read everything: 1',
      'Nightly handovers that did not start or finish: 3',
    ]);
  });

  it.each([
    ['failed', of(1, { status: 'failed' })],
    ['were stopped', of(1, { status: 'moving', isStopped: true, reason: 'MISSING_SCOPES' })],
    ['did not start', notStarted(toOwnerId(1)) as never],
  ])('A digest is made where nothing else happened than that nightly handovers %s', (_what, handover) => {
    expect(linesOf(handover)).toEqual(['Nightly handovers that did not start or finish: 1']);
  });

  it('A digest does not mention nightly handovers that moved nothing', () => {
    expect(linesOf(of(1), of(2, { unreadable: 3 }))).toBeUndefined();
  });
});
