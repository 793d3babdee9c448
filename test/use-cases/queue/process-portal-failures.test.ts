import { MissingScopesError, PortalNotConnectedError, StoreUnavailableError } from '../../../lib/domain/errors.ts';
import { makeNumbered, makeNumberedAll } from '../../builders/numbered-executions.ts';
import { makePortalTurn } from '../../support/portal-turn.ts';

let turn: ReturnType<typeof makePortalTurn>;
beforeEach(() => {
  turn = makePortalTurn();
});

it('An account that lacks the scope for callbacks loses its queue permission, and its executions are requeued', async () => {
  const missing = new MissingScopesError(undefined);
  turn.will.complete = async (finished) => [{ executions: finished.map(({ execution }) => execution), cause: missing }];
  await turn.process([makeNumbered(1)]);
  expect(turn.steps().at(-1)).toBe('revoke the permission to queue');
  expect(turn.back()).toEqual([[[1], missing]]);
});

it('For a forgotten account nothing is written, completed or requeued', async () => {
  turn.will.connect = () => Promise.reject(new PortalNotConnectedError('forgotten', true));
  expect(await turn.process(makeNumberedAll(2))).toEqual([]);
  expect([turn.steps(), turn.faults]).toEqual([['connect'], []]);
});

it.each([
  ['is not connected now', new PortalNotConnectedError('none')],
  ['cannot be looked up', new StoreUnavailableError('away')],
])('An account that %s has all of its executions requeued before any owner is set', async (_why, error) => {
  turn.will.connect = () => Promise.reject(error);
  await turn.process(makeNumberedAll(2));
  expect(turn.steps()).toEqual(['connect']);
  expect(turn.back()).toEqual([[[1, 2], error]]);
});

it('Results that cannot be recorded are not completed, because no later delivery would know them', async () => {
  const away = new StoreUnavailableError('away');
  turn.will.record = () => Promise.reject(away);
  await turn.process([makeNumbered(1)]);
  expect(turn.steps()).not.toContain('complete 1');
  expect(turn.back()).toEqual([[[1], away]]);
});

it('A programming mistake fails the messages, so that it is visible and not repeated from the queue', async () => {
  turn.will.update = () => Promise.reject(new TypeError('a mistake'));
  await expect(turn.process([makeNumbered(1)])).rejects.toThrow('a mistake');
});
