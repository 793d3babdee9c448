import fc from 'fast-check';
import { type CrashReport, type CrashRun, runCrashing } from '../support/crash-world.ts';
import { tellFigures } from '../support/figures.ts';

jest.setTimeout(180_000);

const MOMENTS = ['before', 'after'] as const;
const MODES = ['auto', 'queued'] as const;
/** After it the owner is in the CRM, and nobody else knows. */
const WRITE = 'worker POST /crm/objects/2026-09/0-1/batch/update';
const RECORD = 'worker BatchWriteItemCommand';

/** Runs it, and expects that nobody can tell from the outside that somebody was killed. */
async function survive(run: CrashRun, context: object): Promise<CrashReport> {
  const report = await runCrashing(run);
  expect({ ...context, ends: report.ends, broken: report.broken }).toEqual({
    ...context,
    ends: report.ends,
    broken: [],
  });
  return report;
}

/** Kills at the n-th step of all, counted through every container, once for each given. */
function killAtSteps(kills: readonly { readonly at: number; readonly when: ReturnType<CrashRun['fate']> }[]) {
  let step = -1;
  return () => {
    step += 1;
    return kills.find(({ at }) => at === step)?.when;
  };
}

it('Executions end correctly when any call fails, or is done and its answer lost', async () => {
  const { steps } = await runCrashing({ mode: 'auto', fate: () => undefined });
  let tried = 0;
  for (let at = 0; at < steps.length; at += 1) {
    for (const when of ['refused', 'lost'] as const) {
      await survive({ mode: 'auto', fate: killAtSteps([{ at, when }]) }, { step: steps[at], at, when });
      tried += 1;
    }
  }
  tellFigures('Calls of action, queue, worker and callbacks that failed', { tried });
});

describe.each(MODES)('[Q2] Executions of an account that is %s', (mode) => {
  it('Executions end correctly when a container is killed before or after any of its calls', async () => {
    const whole = await survive({ mode, fate: () => undefined }, {});
    expect(whole.ends).toEqual(['callback ASSIGNED ', 'callback FAILED OWNER_NOT_FOUND', 'callback ASSIGNED ']);
    expect(whole.steps.length).toBeGreaterThan(25);
    let kills = 0;
    for (let at = 0; at < whole.steps.length; at += 1) {
      for (const when of MOMENTS) {
        const report = await survive({ mode, fate: killAtSteps([{ at, when }]) }, { step: whole.steps[at], at, when });
        kills += report.mishaps;
      }
    }
    expect(kills).toBe(2 * whole.steps.length);
    tellFigures(`Crash points of action, queue, worker and callbacks (${mode})`, { tried: kills });
  });

  it('Executions end correctly when every worker is killed at the same call, so that they become dead letters', async () => {
    const stepsOfWorker = (await runCrashing({ mode, fate: () => undefined })).steps.filter((step) =>
      step.startsWith('worker'),
    );
    let [tried, dead] = [0, 0];
    for (let at = 0; at < stepsOfWorker.length; at += 1) {
      for (const when of MOMENTS) {
        const fate: CrashRun['fate'] = (step, ordinal) =>
          step.startsWith('worker') && ordinal === at ? when : undefined;
        const report = await survive({ mode, fate }, { step: stepsOfWorker[at], at, when });
        tried += 1;
        if (report.steps.some((step) => step.startsWith('dead'))) dead += 1;
      }
    }
    expect(dead).toBeGreaterThan(tried / 3);
    tellFigures(`Crash points at which every worker crashes (${mode})`, { tried, 'ended by dead letters': dead });
  });

  it('Executions end correctly when containers are killed two and three times', async () => {
    const kill = fc.record({ at: fc.nat({ max: 60 }), when: fc.constantFrom(...MOMENTS) });
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { minLength: 2, maxLength: 3 }), async (kills) => {
        await survive({ mode, fate: killAtSteps(kills) }, { kills });
      }),
      { numRuns: 30 },
    );
  });
});

it.each(MOMENTS)(
  '[Q2, Q11] Executions end correctly when the dead-letter function is killed too and the workers crashed %s they wrote',
  async (written) => {
    // Whoever comes after a worker that wrote finds it written, and has nothing left to do but to record it.
    const killWorkers = (step: string) =>
      step === WRITE ? written : step === RECORD && written === 'after' ? 'before' : undefined;
    const whole = await survive({ mode: 'queued', fate: killWorkers }, { written });
    const stepsOfDead = whole.steps.filter((step) => step.startsWith('dead'));
    expect(stepsOfDead.length).toBeGreaterThan(3);
    let tried = 0;
    for (let at = 0; at < stepsOfDead.length; at += 1) {
      for (const when of MOMENTS) {
        let deadSteps = -1;
        const fate = (step: string) => {
          if (!step.startsWith('dead')) return killWorkers(step);
          deadSteps += 1;
          return deadSteps === at ? when : undefined;
        };
        await survive({ mode: 'queued', fate }, { written, step: stepsOfDead[at], at, when });
        tried += 1;
      }
    }
    tellFigures(`Crash points of the dead-letter function (workers died ${written} they wrote)`, { tried });
  },
);
