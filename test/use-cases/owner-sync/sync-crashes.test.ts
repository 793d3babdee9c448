import type { Owner } from '../../../lib/domain/owner.ts';
import type { Table } from '../../../lib/store/table.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { makeClock } from '../../support/clock.ts';
import { ENGINES } from '../../support/dynamodb-engines.ts';
import { runKillable } from '../../support/killable-refresh.ts';
import { readAllItems } from '../../support/table-items.ts';

const person = (id: number, email: string, more: Parameters<typeof makeOwner>[0] = {}) =>
  makeOwner({ id: String(id), userId: String(100 + id), email, ...more });

const YESTERDAY = [1, 2, 3, 4, 5].map((n) => person(n, `p${n}@example.com`));
/** One leaves, one changes the email, one takes a colleague's, one is gone, one joins. */
const TODAY = [
  makeArchivedOwner({ id: '1', userId: '101', email: 'p1@example.com' }),
  person(2, 'second@example.com'),
  person(3, 'p4@example.com'),
  person(5, 'p5@example.com', { teams: [{ id: '9', name: 'EMEA', primary: true }] }),
  person(6, 'p6@example.com'),
];

jest.setTimeout(180_000);

describe.each(ENGINES)('on $name', ({ makeTable }) => {
  it('[R12] A refresh that crashes before any of its steps is completed by the next one', async () => {
    const whole = await refreshed(makeTable, undefined);
    expect(whole.steps).toBeGreaterThan(20);

    for (let killAtStep = 0; killAtStep < whole.steps; killAtStep += 1) {
      const restarted = await refreshed(makeTable, killAtStep);
      expect({ killAtStep, rows: restarted.rows }).toEqual({ killAtStep, rows: whole.rows });
    }
  });
});

/** Yesterday's refresh, then today's, which may die and is then run again after its lease is over. */
async function refreshed(makeTable: () => Promise<Table>, killAtStep: number | undefined) {
  const table = await makeTable();
  const clock = makeClock();
  const run = (owners: readonly Owner[], runId: string, kill?: number) =>
    runKillable({ table, now: clock.now, list: () => owners, runId, killAtStep: kill });
  await run(YESTERDAY, 'run-1');
  clock.advance(86_400_000);
  const { steps, outcome } = await run(TODAY, 'run-2', killAtStep);
  if (outcome === 'killed') {
    clock.advance(3_600_000);
    expect((await run(TODAY, 'run-3')).outcome).toMatchObject({ kind: 'done' });
  }
  return { steps, rows: await readRows(table) };
}

/** What the rows say, without when and by which run they were written. */
async function readRows(table: Table): Promise<string[]> {
  const items = await readAllItems(table);
  return items
    .filter(({ sk }) => sk?.S !== 'state')
    .map(({ pk, sk, owner, owners }) => JSON.stringify({ pk, sk, owner, owners }))
    .sort();
}
