import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { Metrics, Now } from '../domain/ports.ts';
import type { QueuedExecution, SettledExecution, Telling, Tellings } from '../domain/queued-execution.ts';
import { askWitnesses } from '../domain/witnesses.ts';
import type { CompleteCallbacks } from './complete-callbacks.ts';

export type TellCallbacksDeps = {
  readonly completeCallbacks: CompleteCallbacks;
  readonly tellings: Tellings;
  /** A result in the declared outputs, exactly as an execution that was answered at once gets them. */
  readonly toOutputs: (
    portalId: PortalId,
    result: ActionResult,
    asked: string,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly now: Now;
  readonly metrics: Metrics;
};

/** HubSpot may not have read yet that an execution waits, when it has been queued for less than this. */
const YOUNG_MS = 60_000;
/** For so long after an execution was queued, it says nothing of any call that HubSpot does not know it. */
const EARLY_MS = 10_000;
const MAX_RETURNS = 3;
const MAX_CLOCK_SKEW_MS = 60_000;
/** Longer than a call takes with its waits and repetitions. To interfere with one that runs makes HubSpot refuse it. */
const CALL_MS = 20_000;

export type TellCallbacks = ReturnType<typeof createTellCallbacks>;

/** Executions whom somebody may be telling at this moment, and in how many milliseconds that cannot be any more. */
export type Running = { readonly settled: readonly SettledExecution[]; readonly overInMs: number };

/** What a call was to complete whose end nobody heard. Of the witnesses no other call can have completed any. */
type UnheardCall = {
  readonly call: Telling;
  readonly together: readonly SettledExecution[];
  readonly witnesses: readonly SettledExecution[];
};

/** Completes the callbacks of executions that have a result. Up to 100 at a time. */
export function createTellCallbacks({ completeCallbacks, tellings, toOutputs, now, metrics }: TellCallbacksDeps) {
  return { tellCallbacks, withoutTold };

  /** @returns those to be told again in a moment: HubSpot does not know them although it should, or was not asked */
  async function tellCallbacks(
    portalId: PortalId,
    settled: readonly SettledExecution[],
    deadlineEpochMs: number,
  ): Promise<readonly QueuedExecution[]> {
    const { unknown, untold, toldByOthers } = await complete(portalId, settled, deadlineEpochMs);
    const again: QueuedExecution[] = [];
    const told: SettledExecution[] = [];
    for (const one of settled) {
      const { execution } = one;
      if (toldByOthers.has(execution.key.executionId)) continue;
      if (untold.has(execution.key.executionId)) again.push(execution);
      else if (!unknown.has(execution.key.executionId)) told.push(one);
      else if (isTooEarly(execution)) again.push(execution);
    }
    count(told, unknown.size);
    return again;
  }

  /**
   * Executions whose results stand were told by somebody, were about to be, or not. HubSpot completes all callbacks of a call
   * or none: so a few of those that were in one call whose end nobody heard are told by themselves. When HubSpot knows none of
   * them, all are told; when it knows one, none was. Where others can have told each of them, that says nothing.
   * @returns `open`: the executions that are still to be told
   */
  async function withoutTold(
    portalId: PortalId,
    settled: readonly SettledExecution[],
    deadlineEpochMs: number,
  ): Promise<{ readonly open: readonly SettledExecution[]; readonly running: readonly Running[] }> {
    if (settled.length === 0) return { open: [], running: [] };
    const calls = await tellings.find(portalId, firstCallOf(settled));
    const open: SettledExecution[] = [];
    const running: Running[] = [];
    const callOf = ({ execution }: SettledExecution) => calls.get(execution.key.executionId);
    for (const together of Map.groupBy(settled, (one) => callOf(one)?.callId).values()) {
      const call = together[0] && callOf(together[0]);
      const early = Math.max(...together.map(earlyForMs));
      const witnesses = together.filter((one) => callOf(one)?.isRepeated === false && earlyForMs(one) === 0);
      if (call === undefined) open.push(...together);
      else if (call.state === 'running' && call.noteAgeMs < CALL_MS)
        running.push({ settled: together, overInMs: CALL_MS - call.noteAgeMs });
      else if (call.state !== 'completed' && witnesses.length === 0 && early > 0)
        running.push({ settled: together, overInMs: early });
      else if (call.state !== 'completed')
        open.push(...(await findOpen(portalId, { call, together, witnesses }, deadlineEpochMs)));
    }
    return { open, running };
  }

  async function findOpen(
    portalId: PortalId,
    { call, together, witnesses }: UnheardCall,
    deadlineEpochMs: number,
  ): Promise<readonly SettledExecution[]> {
    const { callId, size } = call;
    const { effect, asked } = await askWitnesses(witnesses, size, async (one) => {
      const { unknown, unclear } = await complete(portalId, [one], deadlineEpochMs);
      if (unknown.size > 0) return unclear.size > 0 ? 'unclear' : 'unknown';
      count([one], 0);
      return 'waited';
    });
    if (effect === 'had') {
      await tellings.end(portalId, callId, 'completed');
      return [];
    }
    const left = together.filter((one) => !asked.has(one));
    // At once, before another one is completed by itself: whoever asks the same few again must not find them all done.
    if (effect === 'none' || left.length > 0) await tellings.end(portalId, callId, 'refused');
    return left;
  }

  async function complete(portalId: PortalId, settled: readonly SettledExecution[], deadlineEpochMs: number) {
    const completions = await Promise.all(
      settled.map(async ({ execution, result }) => ({
        callbackId: execution.key.executionId,
        mayBeEarly: earlyForMs({ execution }) > 0,
        outputFields: await toOutputs(portalId, result, execution.command.ownerEmail),
      })),
    );
    return completeCallbacks(portalId, completions, firstCallOf(settled), deadlineEpochMs);
  }

  /** One line a kind of result, and not two a record. */
  function count(told: readonly SettledExecution[], unknown: number): void {
    if (told.length > 0) metrics.count('CallbacksCompleted', { outcome: 'completed' }, told.length);
    if (unknown > 0) metrics.count('CallbacksCompleted', { outcome: 'unknown' }, unknown);
    for (const same of Map.groupBy(told, ({ result }) => `${result.outcome} ${result.errorCode}`).values()) {
      const [first] = same;
      if (first === undefined) continue;
      const { outcome, errorCode = 'none' } = first.result;
      metrics.count('Executions', { outcome, errorCode }, same.length);
    }
  }

  function earlyForMs({ execution }: Pick<SettledExecution, 'execution'>): number {
    return Math.max(0, execution.queuedAtEpochMs + EARLY_MS - now());
  }

  function isTooEarly({ queuedAtEpochMs, returns }: QueuedExecution): boolean {
    return now() - queuedAtEpochMs < YOUNG_MS && returns < MAX_RETURNS;
  }
}

/** No call was made for them before that. */
function firstCallOf(settled: readonly SettledExecution[]): number {
  return Math.min(...settled.map(({ execution }) => execution.queuedAtEpochMs)) - MAX_CLOCK_SKEW_MS;
}
