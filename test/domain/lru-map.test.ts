import fc from 'fast-check';
import { LruMap } from '../../lib/domain/lru-map.ts';

const filled = (...keys: string[]) => {
  const map = new LruMap<string, number>(2);
  for (const key of keys) map.set(key, key.length);
  return map;
};
const held = (map: LruMap<string, number>, ...keys: string[]) => keys.filter((key) => map.peek(key) !== undefined);

it('A full memory lets go of the entry that was unused for the longest time', () => {
  expect(held(filled('a', 'b', 'c'), 'a', 'b', 'c')).toEqual(['b', 'c']);
});

it('An entry that is got counts as used, and one that is only looked at does not', () => {
  const map = filled('a', 'b');
  expect(map.get('a')).toBe(1);
  map.peek('b');
  map.set('c', 3);
  expect(held(map, 'a', 'b', 'c')).toEqual(['a', 'c']);
});

it('An entry that is set again counts as used and takes no more room', () => {
  const map = filled('a', 'b', 'a', 'c');
  expect(held(map, 'a', 'b', 'c')).toEqual(['a', 'c']);
});

it('Looking for what is not there adds nothing', () => {
  const map = filled('a', 'b');
  expect([map.get('x'), map.peek('y')]).toEqual([undefined, undefined]);
  expect(held(map, 'a', 'b')).toEqual(['a', 'b']);
});

it('What is deleted or cleared is gone', () => {
  const map = filled('a', 'b');
  map.delete('a');
  expect(held(map, 'a', 'b')).toEqual(['b']);
  map.clear();
  expect(held(map, 'a', 'b')).toEqual([]);
});

it('A memory without a limit of its own holds ten thousand entries', () => {
  const map = new LruMap<number, number>();
  for (let key = 0; key <= 10_000; key += 1) map.set(key, key);
  expect([map.peek(0), map.peek(1), map.peek(10_000)]).toEqual([undefined, 1, 10_000]);
});

it('A memory always holds what was set last, and never more than its capacity', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 8 }), { minLength: 1 }), (capacity, keys) => {
      const map = new LruMap<number, number>(capacity);
      for (const key of keys) expect(map.set(key, key + 1)).toBe(key + 1);
      const expected = [...new Set(keys.toReversed())].slice(0, capacity);
      expect([...new Set(keys)].filter((key) => map.peek(key) === key + 1).sort()).toEqual(expected.sort());
    }),
  );
});
