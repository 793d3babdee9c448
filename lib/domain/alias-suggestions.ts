import type { OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import type { RefreshReport } from './owner-sync.ts';

export type AliasSuggestion = {
  readonly alias: OwnerEmail;
  readonly ownerId: OwnerId;
  /** `typo`: it is nearly theirs. `former`: it was theirs. */
  readonly because: 'typo' | 'former';
  readonly count: number;
};

/** Once is a slip. If it is repeated, the address is in somebody's list. */
const REPEATED = 2;

/** Addresses that records keep containing and that lead, or probably should lead, to one person; the most frequent first. */
export function suggestAliases({ unresolved, formerEmails }: RefreshReport): AliasSuggestion[] {
  const typos = unresolved.flatMap(({ email: alias, count, cause }): AliasSuggestion[] => {
    const [ownerId, ...others] = cause.kind === 'typo' ? cause.ownerIds : [];
    return ownerId === undefined || others.length > 0 ? [] : [{ alias, ownerId, because: 'typo', count }];
  });
  const former = formerEmails.map(({ email: alias, ownerId, count }) => {
    return { alias, ownerId, because: 'former', count } as const;
  });
  return [...typos, ...former].filter(({ count }) => count >= REPEATED).sort((a, b) => b.count - a.count);
}
