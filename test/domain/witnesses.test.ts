import { askWitnesses, type Testimony } from '../../lib/domain/witnesses.ts';

/** Asks among a hundred, or the given few, and tells whom and with what end. */
async function ask(testimonies: readonly Testimony[], { count = 100, size = 100 } = {}) {
  const order: number[] = [];
  const witnesses = Array.from({ length: count }, (_, index) => index);
  const { effect, asked } = await askWitnesses(witnesses, size, async (witness) => {
    order.push(witness);
    return testimonies[order.length - 1] ?? 'unclear';
  });
  expect([...asked]).toEqual(order);
  return { effect, order };
}

describe('a call whose answer nobody heard', () => {
  it.each<[readonly Testimony[], string, readonly number[]]>([
    [['unknown', 'unknown', 'unknown'], 'had', [0, 49, 99]],
    [['waited'], 'none', [0]],
    [['unknown', 'unknown', 'waited'], 'none', [0, 49, 99]],
    [['unknown', 'unclear', 'unknown', 'unknown'], 'had', [0, 49, 99, 1]],
    [['unclear', 'waited'], 'none', [0, 49]],
    [[], 'unclear', [0, 49, 99, 1, 2, 3]],
    [['unknown', 'unknown', 'unclear', 'unclear', 'unclear', 'unclear'], 'unclear', [0, 49, 99, 1, 2, 3]],
  ])('of whose callbacks some were %j has %s effect', async (testimonies, effect, order) => {
    expect(await ask(testimonies)).toEqual({ effect, order });
  });

  it('was heard of enough when all of a small one are unknown, and not when they are few of many', async () => {
    expect(await ask(['unknown'], { count: 1, size: 1 })).toEqual({ effect: 'had', order: [0] });
    expect(await ask(['unknown', 'unknown'], { count: 2, size: 2 })).toEqual({ effect: 'had', order: [0, 1] });
    expect(await ask(['unknown', 'unknown'], { count: 2, size: 100 })).toEqual({ effect: 'unclear', order: [0, 1] });
  });

  it('says nothing without a witness', async () => {
    expect(await ask([], { count: 0 })).toEqual({ effect: 'unclear', order: [] });
  });
});
