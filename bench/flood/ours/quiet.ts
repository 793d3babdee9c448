import type { HubSpotCalls } from './count-calls.ts';
import type { Settled } from './hubspot-thread.ts';
import { enroll, queueAll, withWorkers } from './scenes.ts';
import type { FloodPortal } from './setup.ts';
import { onStage } from './stage.ts';

export type QuietBeside = {
  /** A portal whose executions are done at once as far as its own limit allows, and one whose executions are all queued. */
  readonly inline: Settled;
  readonly queued: Settled;
  readonly backlog: number;
  /** Of the backlog, still waiting when the quiet portals were done: they were beside it all the time. */
  readonly backlogLeft: number;
  readonly calls: HubSpotCalls;
};

const SECONDS = 18;
const PER_SECOND = 2;
const LIMIT_MS = 30_000;

/** Two quiet portals, two executions a second each, beside one with a backlog that takes the workers longer. */
export function measureQuiet(noisy: FloodPortal, [inline, queued]: readonly [FloodPortal, FloodPortal]) {
  const portals = [noisy, inline, queued];
  const options = { portals, queued: [noisy.portalId, queued.portalId], visibilityTimeoutSeconds: 70, quick: true };
  const backlog = noisy.records;
  return onStage(options, async (stage): Promise<QuietBeside> => {
    await queueAll(stage, { name: 'noisy', portalIds: [noisy.portalId], to: backlog }, backlog);
    const { came, calls } = await withWorkers(stage, { fairLookahead: backlog }, async (settled, workers) => {
      await workers.firstInvocation;
      const quiet = { to: SECONDS * PER_SECOND, perSecond: PER_SECOND };
      await enroll(stage, { ...quiet, name: 'inline', portalIds: [inline.portalId] });
      await enroll(stage, { ...quiet, name: 'queued', portalIds: [queued.portalId] });
      const both = await Promise.all([
        settled('inline', SECONDS * 1_000 + LIMIT_MS),
        settled('queued', SECONDS * 1_000 + LIMIT_MS),
      ]);
      return { both, left: (await settled('noisy', 0)).report.lost };
    });
    const [inlineCame, queuedCame] = came.both;
    return { inline: inlineCame, queued: queuedCame, backlog, backlogLeft: came.left, calls };
  });
}
