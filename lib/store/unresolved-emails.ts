import { UNRESOLVED_EMAIL_ROW_MS } from '../domain/ages.ts';
import { inParallel } from '../domain/concurrency.ts';
import { parseOwnerEmail } from '../domain/email.ts';
import { type PortalId, parseOwnerId } from '../domain/ids.ts';
import type { UnresolvedEmail } from '../domain/unresolved-email.ts';
import type { UnresolvedEmails } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { type ItemKey, partitionOf, rowKey } from './keys.ts';
import { deleteItem, queryPage, queryPages, updateItem } from './requests.ts';
import { type Item, readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

/**
 * The maximum that a refresh can hold and remove in its time. A workflow with the wrong field enrolls a million records, each
 * with another email.
 */
const MAX_LISTED = 20_000;

/**
 * Emails to report, one item each, in a partition of their portal so that a report can list them. Former addresses that led to
 * somebody have a separate sort key with a space, which no email contains.
 */
export function createUnresolvedEmails(table: Table, now: Now): UnresolvedEmails {
  return {
    async note(portalId, email, workflowId, atEpochMs, formerOf) {
      const key = unresolvedKey(portalId, { email, ...(formerOf !== undefined && { formerOf }) });
      await updateItem(table, key, {
        UpdateExpression: `SET lastSeenAtEpochMs = :at, expiresAtEpochSeconds = :expires${formerOf === undefined ? '' : ', formerOf = :formerOf'} ADD seen :one${workflowId === '' ? '' : ', workflowIds :workflows'}`,
        ExpressionAttributeValues: {
          ':at': toNumber(atEpochMs),
          ':expires': toEpochSeconds(atEpochMs + UNRESOLVED_EMAIL_ROW_MS),
          ':one': { N: '1' },
          ...(workflowId !== '' && { ':workflows': { SS: [workflowId] } }),
          ...(formerOf !== undefined && { ':formerOf': { S: formerOf } }),
        },
      });
    },

    async list(portalId) {
      const listed: UnresolvedEmail[] = [];
      for await (const items of queryPages(table, partitionOf(portalId, 'unresolved'))) {
        listed.push(...fromItems(items));
        if (listed.length >= MAX_LISTED) break;
      }
      return listed.slice(0, MAX_LISTED);
    },

    async listSome(portalId) {
      const { items, last } = await queryPage(table, partitionOf(portalId, 'unresolved'));
      return { emails: fromItems(items), isAll: last === undefined };
    },

    async removeReported(portalId, reported) {
      // A flood of unknown emails must not use up the time of the refresh that reports them.
      await inParallel(reported, (email) => takeOff(unresolvedKey(portalId, email), email.count));
    },
  };

  function fromItems(items: readonly Item[]): UnresolvedEmail[] {
    // DynamoDB deletes expired items within days, not immediately.
    const isKept = ({ lastSeenAtEpochMs }: UnresolvedEmail) => lastSeenAtEpochMs + UNRESOLVED_EMAIL_ROW_MS > now();
    return items.flatMap((item) => fromItem(item) ?? []).filter(isKept);
  }

  async function takeOff(Key: ItemKey, count: number): Promise<void> {
    const values = { ':count': toNumber(count) };
    const { isWritten } = await deleteItem(table, Key, {
      ConditionExpression: 'attribute_not_exists(pk) OR seen = :count',
      ExpressionAttributeValues: values,
    });
    if (isWritten) return;
    // It was asked for again while the report was made: only that is left. Where the condition does not hold, another run has
    // reported and removed the same: what is there came after it.
    await updateItem(table, Key, {
      UpdateExpression: 'SET seen = seen - :count',
      ConditionExpression: 'seen > :count',
      ExpressionAttributeValues: values,
    });
  }
}

const FORMER = 'former ';

function unresolvedKey(portalId: PortalId, { email, formerOf }: Pick<UnresolvedEmail, 'email' | 'formerOf'>): ItemKey {
  return rowKey(portalId, 'unresolved', formerOf === undefined ? email : `${FORMER}${email}`);
}

function fromItem(item: Item): UnresolvedEmail | undefined {
  const email = parseOwnerEmail(item.sk?.S?.replace(FORMER, ''));
  const formerOf = parseOwnerId(item.formerOf?.S);
  const count = readNumber(item, 'seen') ?? 0;
  if (email === undefined || count < 1) return undefined;
  return {
    email,
    count,
    workflowIds: [...(item.workflowIds?.SS ?? [])].sort(),
    lastSeenAtEpochMs: readNumber(item, 'lastSeenAtEpochMs') ?? 0,
    ...(formerOf !== undefined && { formerOf }),
  };
}
