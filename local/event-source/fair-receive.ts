import type { SQSRecord } from 'aws-lambda';
import type { Now } from '../../lib/ports/telemetry.ts';
import type { Receive } from './bulk-receive.ts';

export type FairReceiver = {
  readonly receive: Receive;
  /** These messages are no longer being processed, with any result. */
  done(records: readonly SQSRecord[]): void;
};

export type FairReceiverParts = {
  readonly receive: Receive;
  /** Gives messages their whole visibility timeout again. Those that cannot be given it come back on their own. */
  readonly renew: (records: readonly SQSRecord[]) => Promise<void>;
  readonly visibilityMs: () => Promise<number>;
  /** How many messages are read ahead. */
  readonly lookahead: number;
  readonly now: Now;
};

type Held = { readonly record: SQSRecord; readonly order: number; visibleSinceEpochMs: number };

/** A message without a group is its own group. */
function groupOf({ attributes, messageId }: SQSRecord): string {
  return attributes.MessageGroupId === undefined ? `message ${messageId}` : `group ${attributes.MessageGroupId}`;
}

/**
 * Fair queues: of a standard queue whose messages have a `MessageGroupId`, SQS hands out the messages of quiet groups before
 * the backlog of a noisy one ("How Amazon SQS fair queues work", read 2026-11-25). It calls a group noisy with more than a
 * tenth of the messages in flight and at least 30 of them, or with more than a tenth of the recent processing time; among
 * noisy groups the one with the fewest in flight is first, and a message without a group is a group of its own.
 *
 * The embedded engine knows no fair queues, so this looks ahead: it receives up to `lookahead` messages and hands out, one
 * after the other, the oldest message of the group with the fewest under way. Approximated: there is no threshold of
 * noise, processing time does not count, a quiet message beyond the lookahead is not seen, and each process looks at
 * its own share of the queue. Messages that were looked at are in flight for the queue and keep their receive count:
 * their visibility timeout is renewed in time, as long as messages are asked for within half of it.
 */
export function createFairReceiver(parts: FairReceiverParts): FairReceiver {
  const { lookahead, now } = parts;
  const heldByGroup = new Map<string, Held[]>();
  const underWay = new Map<string, number>();
  let held = 0;
  let received = 0;

  function count(group: string, change: number): void {
    const next = (underWay.get(group) ?? 0) + change;
    if (next > 0) underWay.set(group, next);
    else underWay.delete(group);
  }

  function hold(records: readonly SQSRecord[], atEpochMs: number): void {
    for (const record of records) {
      received += 1;
      const group = groupOf(record);
      const entry = { record, order: received, visibleSinceEpochMs: atEpochMs };
      const others = heldByGroup.get(group);
      if (others === undefined) heldByGroup.set(group, [entry]);
      else others.push(entry);
    }
    held += records.length;
  }

  /** A message that was held for its whole visibility timeout is back in the queue. */
  function dropLapsed(visibilityMs: number): void {
    for (const [group, entries] of heldByGroup) {
      const kept = entries.filter(({ visibleSinceEpochMs }) => now() - visibleSinceEpochMs < visibilityMs);
      held -= entries.length - kept.length;
      if (kept.length === 0) heldByGroup.delete(group);
      else if (kept.length < entries.length) heldByGroup.set(group, kept);
    }
  }

  async function renewOlderThan(ageMs: number, entries: readonly Held[]): Promise<void> {
    const old = entries.filter(({ visibleSinceEpochMs }) => now() - visibleSinceEpochMs >= ageMs);
    if (old.length === 0) return;
    const atEpochMs = now();
    await parts.renew(old.map(({ record }) => record));
    for (const entry of old) entry.visibleSinceEpochMs = atEpochMs;
  }

  /** Until enough messages are held or the queue has no more at the moment. */
  async function lookAhead(wanted: number): Promise<void> {
    const goal = Math.max(lookahead, wanted);
    while (held < goal) {
      const atEpochMs = now();
      const records = await parts.receive(goal - held);
      if (records.length === 0) return;
      hold(records, atEpochMs);
    }
  }

  function takeNext(): Held | undefined {
    let best:
      | { readonly group: string; readonly entries: Held[]; readonly load: number; readonly order: number }
      | undefined;
    for (const [group, entries] of heldByGroup) {
      const load = underWay.get(group) ?? 0;
      const order = entries[0]?.order ?? 0;
      if (best === undefined || load < best.load || (load === best.load && order < best.order)) {
        best = { group, entries, load, order };
      }
    }
    const taken = best?.entries.shift();
    if (best === undefined || taken === undefined) return undefined;
    if (best.entries.length === 0) heldByGroup.delete(best.group);
    held -= 1;
    count(best.group, 1);
    return taken;
  }

  return {
    async receive(max) {
      const visibilityMs = await parts.visibilityMs();
      dropLapsed(visibilityMs);
      await renewOlderThan(visibilityMs / 2, [...heldByGroup.values()].flat());
      await lookAhead(max);
      const chosen: Held[] = [];
      for (let next = takeNext(); next !== undefined; next = takeNext()) {
        chosen.push(next);
        if (chosen.length === max) break;
      }
      // A function may count on nearly all of the visibility timeout.
      await renewOlderThan(visibilityMs / 6, chosen);
      return chosen.map(({ record }) => record);
    },
    done(records) {
      for (const record of records) count(groupOf(record), -1);
    },
  };
}
