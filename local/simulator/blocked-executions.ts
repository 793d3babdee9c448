/** What the action says about one waiting execution. */
export type CallbackCompletion = {
  readonly callbackId: string;
  readonly outputFields: Readonly<Record<string, string>>;
};

/** How a wait ended. After either of them the workflow has moved on. */
export type BlockEnd =
  | { readonly kind: 'completed'; readonly outputFields: Readonly<Record<string, string>>; readonly atEpochMs: number }
  | { readonly kind: 'expired'; readonly atEpochMs: number }
  /** Somebody removed the record from the workflow: nobody waits any more, and HubSpot has forgotten the callback. */
  | { readonly kind: 'unenrolled'; readonly atEpochMs: number };

/**
 * The state of an execution when somebody completes it. `unknown`: no execution of this account waits under this ID, or not yet.
 * `late`: the block has expired. `doubled`: it was completed before.
 */
type Standing = 'waiting' | 'unknown' | 'late' | 'doubled';

/** One id of one completion call. `waiting` means that it was completed, unless the whole call was refused. */
export type CompletionEvent = {
  readonly portalId: number;
  readonly callbackId: string;
  readonly standing: Standing;
  readonly accepted: boolean;
};

/**
 * `allOrNothing`: one ID that does not wait keeps the others from being completed. `each`: it affects no other. `some`: the IDs
 * are processed in another order, up to the first that does not wait.
 */
export type CompletionPolicy = 'allOrNothing' | 'each' | 'some';

export type CompletionOutcome = { readonly completed: readonly string[]; readonly refused: readonly string[] };

export type BlockedExecutions = {
  /** Resolves with the end. An execution that waits already, or has ended, stays as it is. */
  block(execution: { callbackId: string; portalId: number; expiresAtEpochMs: number }): Promise<BlockEnd>;
  /** @param knownAfterMs for so long an execution that waits is unknown */
  complete(
    portalId: number,
    completions: readonly CallbackCompletion[],
    policy: CompletionPolicy,
    knownAfterMs?: number,
  ): CompletionOutcome;
  /** Takes records out of their workflows. */
  unenroll(callbackIds: readonly string[]): void;
  /** Ends what has expired by the simulator's clock. Completions see the expiry without this. */
  expireDue(): void;
  waiting(): number;
  /** Called with every id of every completion call. Answers how to end that. */
  onCompletion(listener: (event: CompletionEvent) => void): () => void;
};

type Entry = {
  readonly portalId: number;
  readonly expiresAtEpochMs: number;
  readonly blockedAtEpochMs: number;
  readonly ended: Promise<BlockEnd>;
  readonly settle: (end: BlockEnd) => void;
  end: BlockEnd | undefined;
};

/**
 * The executions that were answered with `BLOCK`. An execution waits from the moment that answer was read, so a
 * completion that overtakes it meets an unknown id (custom workflow actions guide and developer forum 2024-08, read
 * 2026-11-23). Ended ones are remembered, to distinguish late ones from doubled ones.
 */
export function createBlockedExecutions(now: () => number): BlockedExecutions {
  const entries = new Map<string, Entry>();
  const waiting = new Map<string, Entry>();
  const listeners = new Set<(event: CompletionEvent) => void>();
  let nextExpiryEpochMs = Number.POSITIVE_INFINITY;

  function end(callbackId: string, entry: Entry, how: BlockEnd): void {
    waiting.delete(callbackId);
    entry.end = how;
    entry.settle(how);
  }

  function expireDue(): void {
    const at = now();
    if (at < nextExpiryEpochMs) return;
    nextExpiryEpochMs = Number.POSITIVE_INFINITY;
    for (const [callbackId, entry] of waiting) {
      const { expiresAtEpochMs } = entry;
      if (expiresAtEpochMs <= at) end(callbackId, entry, { kind: 'expired', atEpochMs: expiresAtEpochMs });
      else nextExpiryEpochMs = Math.min(nextExpiryEpochMs, expiresAtEpochMs);
    }
  }

  function standingOf(portalId: number, callbackId: string, knownAfterMs: number): Standing {
    const entry = entries.get(callbackId);
    if (entry?.portalId !== portalId || entry.end?.kind === 'unenrolled') return 'unknown';
    if (entry.end === undefined) return now() - entry.blockedAtEpochMs < knownAfterMs ? 'unknown' : 'waiting';
    return entry.end.kind === 'expired' ? 'late' : 'doubled';
  }

  /** The ids that a call completes. `some` goes by the ids backwards, so that it differs from the order of the call. */
  function chooseAccepted(judged: readonly { callbackId: string; standing: Standing }[], policy: CompletionPolicy) {
    const isWaiting = ({ standing }: { standing: Standing }) => standing === 'waiting';
    if (policy === 'allOrNothing') return judged.every(isWaiting) ? judged : [];
    if (policy === 'each') return judged.filter(isWaiting);
    const ordered = judged.toSorted((one, other) => (one.callbackId < other.callbackId ? 1 : -1));
    const stop = ordered.findIndex((one) => !isWaiting(one));
    return stop === -1 ? ordered : ordered.slice(0, stop);
  }

  return {
    block({ callbackId, portalId, expiresAtEpochMs }) {
      const known = entries.get(callbackId);
      if (known !== undefined) return known.ended;
      const { promise, resolve } = Promise.withResolvers<BlockEnd>();
      const blockedAtEpochMs = now();
      const entry: Entry = {
        portalId,
        expiresAtEpochMs,
        blockedAtEpochMs,
        ended: promise,
        settle: resolve,
        end: undefined,
      };
      entries.set(callbackId, entry);
      waiting.set(callbackId, entry);
      nextExpiryEpochMs = Math.min(nextExpiryEpochMs, expiresAtEpochMs);
      return promise;
    },
    complete(portalId, completions, policy, knownAfterMs = 0) {
      expireDue();
      const judged = completions.map((completion) => ({
        ...completion,
        standing: standingOf(portalId, completion.callbackId, knownAfterMs),
      }));
      const accepted = new Set(chooseAccepted(judged, policy).map(({ callbackId }) => callbackId));
      for (const { callbackId, outputFields, standing } of judged) {
        const entry = waiting.get(callbackId);
        const isAccepted = accepted.has(callbackId) && entry !== undefined;
        if (isAccepted) end(callbackId, entry, { kind: 'completed', outputFields, atEpochMs: now() });
        for (const listener of listeners) listener({ portalId, callbackId, standing, accepted: isAccepted });
      }
      const refused = judged.flatMap(({ callbackId, standing }) => (standing === 'waiting' ? [] : [callbackId]));
      return { completed: [...accepted], refused };
    },
    unenroll(callbackIds) {
      for (const callbackId of callbackIds) {
        const entry = waiting.get(callbackId);
        if (entry !== undefined) end(callbackId, entry, { kind: 'unenrolled', atEpochMs: now() });
      }
    },
    expireDue,
    waiting: () => waiting.size,
    onCompletion(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
