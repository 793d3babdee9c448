import { suggestAliases } from '../../lib/domain/alias-suggestions.ts';
import type { RefreshReport } from '../../lib/domain/owner-sync.ts';
import type { LikelyCause } from '../../lib/domain/unresolved-email.ts';
import { toEmail, toOwnerId } from '../builders/ids.ts';

const asked = (email: string, count: number) => ({
  email: toEmail(email),
  count,
  workflowIds: [],
  lastSeenAtEpochMs: 0,
});
const typo = (...ids: number[]): LikelyCause => ({
  kind: 'typo',
  of: toEmail('jane@example.com'),
  ownerIds: ids.map(toOwnerId),
});

it('Aliases are suggested for typos and former addresses that come again, the most frequent first', () => {
  const report = {
    unresolved: [
      { ...asked('jnae@example.com', 2), cause: typo(1) },
      { ...asked('jame@example.com', 1), cause: typo(1) },
      { ...asked('both@example.com', 9), cause: typo(1, 2) },
      { ...asked('left@example.com', 9), cause: { kind: 'left', ownerIds: [toOwnerId(3)] } },
      { ...asked('nobody@example.com', 9), cause: { kind: 'never_seen' } },
    ],
    formerEmails: [
      { ...asked('old@example.com', 5), ownerId: toOwnerId(4) },
      { ...asked('once@example.com', 1), ownerId: toOwnerId(4) },
    ],
  } as unknown as RefreshReport;
  expect(suggestAliases(report)).toEqual([
    { alias: 'old@example.com', ownerId: '4', because: 'former', count: 5 },
    { alias: 'jnae@example.com', ownerId: '1', because: 'typo', count: 2 },
  ]);
});
