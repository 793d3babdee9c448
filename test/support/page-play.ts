import { setImmediate } from 'node:timers/promises';
import { type AddressAlias, readAliasName } from '../../lib/domain/alias.ts';
import type { Change } from '../../lib/domain/change.ts';
import { AppError } from '../../lib/domain/errors.ts';
import { canStart, canUndo, type Handover, isWorking } from '../../lib/domain/handover.ts';
import type { HandoverJob } from '../../lib/ports/handovers.ts';
import type { Changed, ChangeOutcome, Draft } from '../../lib/use-cases/page/change-once.ts';
import { PORTAL_A, toUserId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { LEAVER, OTHER, refOf, TARGET } from './handover-world.ts';
import { createPageWorld, PROPERTIES } from './page-world.ts';
import { type Accident, createTurns } from './turns.ts';

export type Wish =
  | `${'set' | 'remove'}${'Successor' | 'Alias' | 'Nightly'}`
  | 'plan'
  | 'start'
  | 'stop'
  | 'undo'
  | 'wait';
export type Order = {
  readonly wish: Wish;
  /** Whom it is about, of a few. */
  readonly to: number;
  /** `doubled`: two requests at once. `lost`: nobody gets the first answer, so the request is repeated. */
  readonly delivery: 'once' | 'doubled' | 'lost';
};
/** What people do in HubSpot, as soon as so many calls were made. */
export type Deed = {
  readonly at: number;
  readonly record: number;
  readonly property: number;
  readonly as: 'give' | 'giveBack' | 'delete' | 'return' | 'leave';
};
export type Scene = {
  readonly admins: readonly (readonly Order[])[];
  readonly operator: readonly Order[];
  /** Refreshes after so many calls, each delivered to two runs. */
  readonly nights: readonly number[];
  readonly accidents: readonly { readonly at: number; readonly as: Accident }[];
  readonly deeds: readonly Deed[];
  readonly bad: readonly number[];
  /** Whose turn it is. Then a generator with the seed decides. */
  readonly picks: readonly number[];
  readonly seed: number;
};

export const RECORDS = 30;
const MOST_CALLS = 6_000;
const MOST_TRIES = 30;
const ALIAS = readAliasName('old@example.org') as Pick<AddressAlias, 'kind' | 'alias'>;
const TARGETS = [refOf(TARGET), 'clear', undefined] as const;
const FITS: Readonly<Partial<Record<Wish, (handover: Handover) => boolean>>> = {
  start: canStart,
  stop: isWorking,
  undo: canUndo,
};
/** Nobody asks for this owner, so what holds them was given by hand. */
const BY_HAND = '104';

type Write = { readonly key: string; readonly to: string; readonly by: string; readonly at: number };

/** Two admins, an operator, refreshes, workers and people at work on one account, call by call. */
export async function play(scene: Scene) {
  let { seed } = scene;
  const picks = [...scene.picks];
  const pick = (count: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (picks.shift() ?? seed >>> 8) % count;
  };
  /** Runs that have read records and not yet written them: HubSpot knows no write with a condition, so people wait. */
  const between = new Set<string>();
  /** Changes of what the page sets, by the change or the operator's request. */
  const effects: { readonly what: string; readonly by: string; readonly begunAt: number }[] = [];
  /** When each process began, in calls. */
  const begun = new Map<string, number>();
  const shown: Handover[][] = [];
  let process = '';
  const turns = createTurns({
    accidents: new Map(scene.accidents.map(({ at, as }) => [at, as])),
    around(now, name) {
      process = now;
      const before = world.settings();
      return {
        done() {
          const by = now.split('~')[1] ?? now;
          for (const [what, value] of Object.entries(world.settings())) {
            if (before[what] !== value) effects.push({ what, by, begunAt: begun.get(now) ?? 0 });
          }
          if (name === 'readOwners') between.add(now);
          if (name === 'save' || name === 'read') between.delete(now);
          if (name === 'save') shown.push(world.allHandovers());
        },
      };
    },
  });
  const writes: Write[] = [];
  const world = createPageWorld(turns.take, (key, to) => {
    writes.push({ key, to, by: process.split('~')[1] ?? '', at: turns.made() });
  });
  const deedsDone: { readonly key: string; readonly at: number; readonly atEpochMs: number }[] = [];
  for (let id = 1; id <= RECORDS; id += 1) {
    for (const [index, property] of PROPERTIES.entries()) {
      const isHeld = (id + index) % 3 !== 0 && (index === 0 || id <= 15);
      world.records.set('0-1', String(id), property, isHeld ? LEAVER : OTHER, world.now() - 60_000);
    }
  }
  for (const id of scene.bad) world.records.bad.add(String(id) as never);

  const atWork = new Set<Promise<unknown>>();
  let crash: unknown;
  function begin(work: Promise<unknown>): void {
    const note = work.catch((error: unknown) => {
      crash = error;
    });
    const ended: Promise<unknown> = note.then(() => atWork.delete(ended));
    atWork.add(ended);
  }
  /** A process that may fail as the service's functions may. */
  async function run<T>(name: string, work: () => Promise<T>): Promise<T | 'killed' | 'failed'> {
    begun.set(name, turns.made());
    try {
      return await turns.run(name, work);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return 'failed';
    } finally {
      between.delete(name);
    }
  }

  // The queue, and up to two workers.
  const queue: { readonly job: HandoverJob; readonly due: number }[] = [];
  let workers = 0;
  let runs = 0;
  async function work(job: HandoverJob): Promise<void> {
    workers += 1;
    runs += 1;
    const name = `worker ${runs}~${job.handoverId}`;
    const { runHandover } = world.open(name);
    const again = await run(name, () => runHandover(job, Number.POSITIVE_INFINITY as never));
    workers -= 1;
    if (again === undefined) return;
    queue.push({ job, due: world.now() + (typeof again === 'string' ? 30_000 : again.againInMs) });
  }

  // Requests of people.
  let requests = 0;
  const accepted: { readonly changeId: string; readonly userId: string; readonly at: number }[] = [];
  const unanswered: string[] = [];
  /** No process lives for so long, so time passes only while none is at work. */
  async function wait(ms: number): Promise<void> {
    for (let n = 0; n < 5; n += 1) {
      await turns.pass(() => world.advance(turns.isAnybodyAtWork() && ms > 20_000 ? 0 : ms / 5));
    }
  }
  function findHandover(wish: Wish): Handover | undefined {
    const all = world.allHandovers();
    return all.find((one) => FITS[wish]?.(one)) ?? all[0];
  }
  function isReplacedBy(wish: Wish) {
    const what = wish.replace(/^(set|remove)/, '');
    return what === wish ? undefined : ({ action }: Change) => action.endsWith(what);
  }
  async function ask(userId: string, { wish, to, delivery }: Order): Promise<void> {
    if (wish === 'wait') return wait(200_000);
    const seen = findHandover(wish);
    if (seen === undefined && FITS[wish] !== undefined) return;
    requests += 1;
    const changeId = `${wish} ${requests}`;
    const id = seen?.id ?? '';
    const digest = seen === undefined ? '' : world.open('').control.digest(seen);
    const person = refOf(to === 1 ? OTHER : TARGET);
    let tries = 0;
    const send = (): Promise<ChangeOutcome | 'killed' | 'failed'> => {
      tries += 1;
      const name = `${userId}/${tries}~${changeId}`;
      const { changeOnce, makeChange, changeHandover } = world.open(name);
      const deadline = world.deadline();
      const plan = {
        portalId: PORTAL_A,
        userId: toUserId(userId),
        leaver: refOf(LEAVER),
        target: TARGETS[to],
        requestId: changeId,
      };
      const works: Readonly<Record<Exclude<Wish, 'wait'>, (draft: Draft) => Promise<Changed>>> = {
        setSuccessor: () => makeChange.nameSuccessor(PORTAL_A, LEAVER, person, deadline),
        removeSuccessor: (draft) => makeChange.removeSuccessor(PORTAL_A, LEAVER, draft, deadline),
        setAlias: () => makeChange.saveAlias(PORTAL_A, ALIAS, person, deadline),
        removeAlias: (draft) => makeChange.removeAlias(PORTAL_A, () => true, draft, deadline),
        setNightly: () => changeHandover.setNightly(PORTAL_A, LEAVER, true, deadline),
        removeNightly: () => changeHandover.setNightly(PORTAL_A, LEAVER, false, deadline),
        plan: () => changeHandover.plan(plan, deadline),
        start: () => changeHandover.start(PORTAL_A, id, digest, changeId),
        stop: () => changeHandover.stop(PORTAL_A, id, changeId),
        undo: () => changeHandover.undo(PORTAL_A, id, changeId),
      };
      const replaces = isReplacedBy(wish);
      const request = { portalId: PORTAL_A, userId: toUserId(userId), changeId, payloadHash: changeId };
      const order = { ...request, ...(replaces && { isReplacedBy: replaces }) };
      return run(name, () => changeOnce(order, works[wish]));
    };
    if (delivery === 'lost') await send();
    let answers = delivery === 'doubled' ? await Promise.all([send(), send()]) : [await send()];
    for (let n = 0; n < MOST_TRIES; n += 1) {
      const [answer] = answers.filter((one) => typeof one === 'object');
      if (answer !== undefined) {
        if (answer.status !== 'refused') accepted.push({ changeId, userId, at: turns.made() });
        return;
      }
      await wait(19_000);
      answers = [await send()];
    }
    unanswered.push(changeId);
  }
  async function askAll(userId: string, orders: readonly Order[]): Promise<void> {
    for (const order of orders) await ask(userId, order);
  }
  async function operate(orders: readonly Order[]): Promise<void> {
    for (const { wish, to } of orders) {
      requests += 1;
      const { control } = world.open(`operator~${requests}`);
      const plan = { portalId: PORTAL_A, leaver: refOf(LEAVER), target: TARGETS[to], requestedBy: '' };
      const seen = findHandover(wish);
      await run(`operator~${requests}`, async (): Promise<unknown> => {
        if (wish === 'start' && seen !== undefined) return control.startByDigest(PORTAL_A, control.digest(seen));
        if (wish === 'stop' || wish === 'undo') return control[wish](PORTAL_A, seen?.id ?? '');
        return control.plan(plan, world.deadline());
      });
    }
  }
  async function refresh(name: string, requestedAt: number): Promise<void> {
    for (let n = 0; n < MOST_TRIES; n += 1) {
      const { startNightly } = world.open(name);
      if (typeof (await run(name, () => startNightly(PORTAL_A, requestedAt, world.deadline()))) === 'number') return;
    }
  }

  const deleted = new Set<string>();
  const deeds = scene.deeds.toSorted((one, other) => one.at - other.at);
  function actByHand(): void {
    while (between.size === 0 && deeds[0] !== undefined && deeds[0].at <= turns.made()) {
      const { record, property, as } = deeds.shift() as Deed;
      const id = String(record);
      if (as === 'return' || as === 'leave') {
        world.owners.set(LEAVER, makeOwner({ id: LEAVER, archived: as === 'leave' }));
        continue;
      }
      const name = PROPERTIES[property] ?? '';
      const owner = as === 'give' ? BY_HAND : LEAVER;
      const isNothing = as !== 'delete' && world.records.valueOf('0-1', id, name) === owner;
      if (deleted.has(id) || isNothing) continue;
      world.advance(1);
      for (const one of as === 'delete' ? PROPERTIES : [name]) {
        deedsDone.push({ key: `${id}/${one}`, at: turns.made(), atEpochMs: world.now() });
      }
      if (as === 'delete') world.records.remove('0-1', id);
      else world.records.set('0-1', id, name, owner);
      if (as === 'delete') deleted.add(id);
    }
  }
  const nights = scene.nights.toSorted((one, other) => one - other);

  for (const [index, orders] of scene.admins.entries()) begin(askAll(String(11 + index), orders));
  begin(operate(scene.operator));
  for (;;) {
    await setImmediate();
    if (crash !== undefined) throw crash;
    for (const { job, delaySeconds } of world.sent.splice(0)) {
      queue.push({ job, due: world.now() + delaySeconds * 1_000 });
    }
    actByHand();
    while (nights[0] !== undefined && nights[0] <= turns.made()) {
      const at = nights.shift();
      for (const one of [1, 2]) begin(refresh(`refresh ${one}~${at}`, world.now()));
    }
    const due = workers < 2 ? queue.filter((message) => message.due <= world.now()) : [];
    const count = turns.count() + due.length;
    if (count === 0 && queue.length === 0) break;
    if (count === 0) {
      world.advance(Math.max(0, Math.min(...queue.map((message) => message.due)) - world.now()));
      continue;
    }
    if (turns.made() > MOST_CALLS) throw new Error('it does not end');
    world.advance(100 + (turns.made() % 7) * 60);
    const at = pick(count);
    const message = due[at - turns.count()];
    if (message === undefined) {
      await turns.make(at);
      continue;
    }
    // SQS delivers some messages twice.
    if (pick(12) !== 0) queue.splice(queue.indexOf(message), 1);
    begin(work(message.job));
  }
  await Promise.all(atWork);
  return { world, accepted, unanswered, effects, shown, writes, deeds: deedsDone };
}
