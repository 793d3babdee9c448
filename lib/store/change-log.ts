import { CHANGE_ROW_MS } from '../domain/ages.ts';
import type { Change, ChangeAnswer, RecordedChange } from '../domain/change.ts';
import { type PortalId, parseUserId } from '../domain/ids.ts';
import type { ChangeDelivery, ChangeLog } from '../ports/page.ts';
import type { Now } from '../ports/telemetry.ts';
import { partitionOf, rowKey } from './keys.ts';
import { putItem, queryPartition, readStanding, updateItem } from './requests.ts';
import { farthestTime, type Item, readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

const IS_OVER = 'expiresAtEpochSeconds < :nowSeconds';
/** The run that began it crashed or released it, or its clock was wrong, and it is the same change. */
const IS_GIVEN_BACK =
  '#state = :running AND payloadHash = :hash AND (leaseEndsAtEpochMs < :now OR leaseEndsAtEpochMs > :farthest)';
const MAY_BEGIN = `attribute_not_exists(pk) OR ${IS_OVER} OR (${IS_GIVEN_BACK})`;

/** Changes in DynamoDB: one item each, in a partition of their portal, so that a query lists who changed what. */
export function createChangeLog(table: Table, now: Now): ChangeLog {
  return {
    async begin(portalId, { changeId, userId, payloadHash, writerId, leaseMs }) {
      const nowMs = now();
      const key = rowKey(portalId, 'change', changeId);
      const written = await updateItem(table, key, {
        // Keeps the draft of an earlier run.
        UpdateExpression: `SET #state = :running, writerId = :writerId, userId = :userId, payloadHash = :hash,
          atEpochMs = :now, beganAtEpochMs = if_not_exists(beganAtEpochMs, :now), leaseEndsAtEpochMs = :leaseEnds,
          expiresAtEpochSeconds = :expires REMOVE #answer`,
        ConditionExpression: MAY_BEGIN,
        ExpressionAttributeNames: { '#state': 'state', '#answer': 'answer' },
        ExpressionAttributeValues: {
          ':running': { S: 'RUNNING' },
          ':writerId': { S: writerId },
          ':userId': { S: userId },
          ':hash': { S: payloadHash },
          ':now': toNumber(nowMs),
          ':leaseEnds': toNumber(nowMs + leaseMs),
          ':expires': toEpochSeconds(nowMs + CHANGE_ROW_MS),
          ':farthest': farthestTime(now),
          ':nowSeconds': toNumber(Math.floor(nowMs / 1_000)),
        },
        ReturnValues: 'ALL_OLD',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      if (written.isWritten) return toStarted(written.attributes, payloadHash);
      const standing = await readStanding(table, key, written.standing);
      // The reply to the first try of this call was lost.
      if (standing.writerId?.S === writerId) return toStarted(standing, payloadHash);
      if (standing.payloadHash?.S !== payloadHash) return { kind: 'conflict' };
      const answer = standing.answer?.S;
      return answer === undefined ? { kind: 'running' } : { kind: 'done', answer: JSON.parse(answer) as ChangeAnswer };
    },

    async saveDraft(portalId, delivery, draft) {
      await updateMine(portalId, delivery, { state: { S: 'RUNNING' }, change: { S: JSON.stringify(draft) } });
    },

    async finish(portalId, delivery, change, answer) {
      const texts = { change: { S: JSON.stringify(change) }, answer: { S: JSON.stringify(answer) } };
      const done = { state: { S: 'DONE' }, doneAtEpochMs: toNumber(now()), ...texts };
      await updateMine(portalId, delivery, done, 'REMOVE leaseEndsAtEpochMs');
    },

    async release(portalId, delivery) {
      const released = { leaseEndsAtEpochMs: toNumber(0), state: { S: 'RUNNING' } };
      await updateMine(portalId, delivery, released, 'REMOVE writerId');
    },

    async note(portalId, change) {
      const at = toNumber(now());
      await putItem(table, {
        ...rowKey(portalId, 'change', crypto.randomUUID()),
        change: { S: JSON.stringify(change) },
        answer: { S: JSON.stringify({ status: 'set' } satisfies ChangeAnswer) },
        atEpochMs: at,
        doneAtEpochMs: at,
        expiresAtEpochSeconds: toEpochSeconds(now() + CHANGE_ROW_MS),
      });
    },

    async findSince(portalId, sinceEpochMs) {
      const items = await queryPartition(table, partitionOf(portalId, 'change'));
      const effects = items.flatMap((item) => readEffect(item) ?? []);
      return effects.flatMap(({ doneAtEpochMs, change }) => (doneAtEpochMs >= sinceEpochMs ? change : []));
    },

    async list(portalId) {
      const items = await queryPartition(table, partitionOf(portalId, 'change'));
      // DynamoDB deletes expired items within days, not immediately.
      const isKept = ({ atEpochMs }: RecordedChange) => atEpochMs + CHANGE_ROW_MS > now();
      return items
        .flatMap((item) => fromItem(item) ?? [])
        .filter(isKept)
        .sort((a, b) => b.atEpochMs - a.atEpochMs || (a.changeId < b.changeId ? -1 : 1));
    },
  };

  /** If the condition fails, somebody took over, or the reply to the first try of this call was lost. */
  async function updateMine(
    portalId: PortalId,
    { changeId, writerId }: ChangeDelivery,
    attributes: Item,
    removal = '',
  ): Promise<void> {
    const entries = Object.entries(attributes);
    await updateItem(table, rowKey(portalId, 'change', changeId), {
      UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')} ${removal}`,
      ConditionExpression: 'writerId = :writerId AND attribute_exists(leaseEndsAtEpochMs)',
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        ':writerId': { S: writerId },
      },
    });
  }
}

/** @param before an expired row may belong to another change */
function toStarted(before: Item, payloadHash: string) {
  if (before.payloadHash?.S !== payloadHash) return { kind: 'started' } as const;
  const draft = before.change?.S;
  // Rows of version 0.2.0 have the time of the last run only.
  const beganAtEpochMs = readNumber(before, 'beganAtEpochMs') ?? readNumber(before, 'atEpochMs') ?? 0;
  return {
    kind: 'started',
    beganAtEpochMs,
    ...(draft !== undefined && { draft: JSON.parse(draft) as Change }),
  } as const;
}

/** Undefined for a change that had no effect. */
function readEffect(item: Item): Omit<RecordedChange, 'changeId' | 'userId'> | undefined {
  const [change, answer] = [item.change?.S, item.answer?.S];
  if (change === undefined || answer === undefined) return undefined;
  if ((JSON.parse(answer) as ChangeAnswer).status === 'refused') return undefined;
  const atEpochMs = readNumber(item, 'atEpochMs') ?? 0;
  const doneAtEpochMs = readNumber(item, 'doneAtEpochMs') ?? atEpochMs;
  return { atEpochMs, doneAtEpochMs, change: JSON.parse(change) as Change };
}

/** Undefined also for a change of an operator. */
function fromItem(item: Item): RecordedChange | undefined {
  const userId = parseUserId(item.userId?.S);
  const effect = readEffect(item);
  return userId && effect && { changeId: item.sk?.S ?? '', userId, ...effect };
}
