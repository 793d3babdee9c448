import type { RefreshReport } from '../../lib/domain/owner-sync.ts';
import type { LikelyCause } from '../../lib/domain/unresolved-email.ts';
import { formatRefreshReport } from '../../local/refresh-report.ts';
import { toEmail, toOwnerId } from '../builders/ids.ts';

const NONE = { joined: [], deactivated: [], reactivated: [], emailChanged: [], teamChanged: [], removed: [] };
const JANE = [toOwnerId('410000001')];

function makeReport(parts: Partial<RefreshReport> = {}): RefreshReport {
  return {
    ...NONE,
    totals: { joined: 101, deactivated: 2, reactivated: 3, emailChanged: 4, teamChanged: 5, removed: 6 },
    runId: 'run-1',
    startedAtEpochMs: Date.UTC(2026, 10, 24, 2),
    durationMs: 271,
    active: 150,
    archived: 40,
    withoutEmail: 7,
    queues: 10,
    withoutUser: 8,
    sharedEmails: 9,
    users: { status: 'read', users: 149, withoutOwner: 11 },
    unresolved: [],
    unresolvedTotal: 0,
    formerEmails: [],
    formerEmailsTotal: 0,
    oddRows: 0,
    hubspotCalls: 3,
    writes: 1,
    ...parts,
  };
}

const unresolved = (email: string, cause: LikelyCause, count = 1, workflowIds: readonly string[] = []) => ({
  email: toEmail(email),
  count,
  workflowIds,
  lastSeenAtEpochMs: 0,
  cause,
});

it('The refresh report counts all owners that it found, not only those that it names', () => {
  expect(formatRefreshReport(makeReport()).split('\n')).toEqual([
    'Owner refresh: 150 active, 40 archived, 10 queue(s), 7 without an email',
    '  101 new, 2 deactivated, 3 reactivated, 6 gone',
    '  4 with another email, 5 with other teams',
    '  8 active without a user, 9 email(s) that several active people share',
    '  Users: 149 read, 11 without an owner',
    '  3 HubSpot calls, 1 writes, 271 ms',
  ]);
});

it.each([
  [
    { status: 'not_granted', askedAtEpochMs: Date.UTC(2026, 10, 20) } as const,
    'Users: not granted (crm.objects.users.read), asked on 2026-11-20',
  ],
  [{ status: 'unavailable' } as const, 'Users: HubSpot did not give them; what was known of them stays'],
])('The refresh report says why there are no users: %j', (users, text) => {
  expect(formatRefreshReport(makeReport({ users }))).toContain(text);
});

it('The refresh report shows unresolved emails in columns, and how many it leaves out', () => {
  const report = makeReport({
    unresolved: [
      unresolved('jnae@example.com', { kind: 'typo', of: toEmail('jane@example.com'), ownerIds: JANE }, 12, [
        '71',
        '72',
      ]),
      unresolved('no@example.com', { kind: 'never_seen' }),
    ],
    unresolvedTotal: 5,
  });
  expect(formatRefreshReport(report).split('\n').slice(6)).toEqual([
    '',
    '5 email(s) that nobody could be assigned for since the refresh before:',
    '  Email             Asked  Workflows  Probably',
    `  ────────────────  ─────  ─────────  ${'─'.repeat(51)}`,
    '  jnae@example.com  12 ×   71, 72     a slip of typing: jane@example.com, owner 410000001',
    '  no@example.com    1 ×    –          nobody here has, had or nearly has it',
    '  … and 3 less frequent',
  ]);
});

it('The refresh report shows former addresses in use, and rows that could not be read', () => {
  const { cause, ...asked } = unresolved('mara@oldco.example', { kind: 'never_seen' }, 3, ['71']);
  const formerEmails = [{ ...asked, ownerId: toOwnerId('410000001') }];
  const text = formatRefreshReport(makeReport({ formerEmails, formerEmailsTotal: 1, oddRows: 2 })).split('\n');
  expect(text).toContain('  2 row(s) could not be read and were left out');
  expect(text.slice(-4)).toEqual([
    '1 former address(es) that records still hold since the refresh before:',
    '  Email               Asked  Workflows  Led to',
    `  ──────────────────  ─────  ─────────  ${'─'.repeat(15)}`,
    '  mara@oldco.example  3 ×    71         owner 410000001',
  ]);
});

it.each<[LikelyCause, string]>([
  [{ kind: 'resolved', ownerIds: JANE }, 'it is found by now: owner 410000001'],
  [{ kind: 'left', ownerIds: JANE }, 'they left: owner 410000001'],
  [{ kind: 'shared', ownerIds: [...JANE, toOwnerId('2')] }, 'it leads to several active people: owners 410000001, 2'],
  [{ kind: 'queue', ownerIds: JANE }, "it is a queue's: owner 410000001"],
  [{ kind: 'sandbox_suffix', ownerIds: JANE }, 'it comes from a sandbox; without ".invalid" it is owner 410000001'],
  [{ kind: 'user_without_owner' }, 'a user has it for whom HubSpot lists no owner'],
  [{ kind: 'never_seen' }, 'nobody here has, had or nearly has it'],
])('The refresh report says about %j: %s', (cause, text) => {
  const report = makeReport({ unresolved: [unresolved('x@example.com', cause)], unresolvedTotal: 1 });
  expect(formatRefreshReport(report).split('\n').at(-1)).toMatch(new RegExp(`${text.replaceAll('.', '\\.')}$`));
});
