import fc from 'fast-check';
import { LruMap } from '../../lib/domain/lru-map.ts';

const filled = (...keys: string[]) => {
  const map = new LruMap<string, number>(2);
  for (const key of keys) map.set(key, key.length);
  return map;
};
const held = (map: LruMap<string, number>, ...keys: string[]) => keys.filter((key) => map.peek(key) !== undefined);

it('A full LRU map drops the entry that was unused for the longest time', () => {
  expect(held(filled('a', 'b', 'c'), 'a', 'b', 'c')).toEqual(['b', 'c']);
});

it('Getting an entry of an LRU map counts as use, and peeking at it does not', () => {
  const map = filled('a', 'b');
  expect(map.get('a')).toBe(1);
  map.peek('b');
  map.set('c', 3);
  expect(held(map, 'a', 'b', 'c')).toEqual(['a', 'c']);
});

it('Setting an entry of an LRU map again counts as use and takes no more room', () => {
  const map = filled('a', 'b', 'a', 'c');
  expect(held(map, 'a', 'b', 'c')).toEqual(['a', 'c']);
});

it('Looking up a missing key adds nothing to an LRU map', () => {
  const map = filled('a', 'b');
  expect([map.get('x'), map.peek('y')]).toEqual([undefined, undefined]);
  expect(held(map, 'a', 'b')).toEqual(['a', 'b']);
});

it('Deleted and cleared entries are gone from an LRU map', () => {
  const map = filled('a', 'b');
  map.delete('a');
  expect(held(map, 'a', 'b')).toEqual(['b']);
  map.clear();
  expect(held(map, 'a', 'b')).toEqual([]);
});

it('An LRU map without a limit of its own holds ten thousand entries', () => {
  const map = new LruMap<number, number>();
  for (let key = 0; key <= 10_000; key += 1) map.set(key, key);
  expect([map.peek(0), map.peek(1), map.peek(10_000)]).toEqual([undefined, 1, 10_000]);
});

it('An LRU map always holds the entry that was set last and never more than its capacity', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 8 }), { minLength: 1 }), (capacity, keys) => {
      const map = new LruMap<number, number>(capacity);
      for (const key of keys) expect(map.set(key, key + 1)).toBe(key + 1);
      const expected = [...new Set(keys.toReversed())].slice(0, capacity);
      expect([...new Set(keys)].filter((key) => map.peek(key) === key + 1).sort()).toEqual(expected.sort());
    }),
  );
});
