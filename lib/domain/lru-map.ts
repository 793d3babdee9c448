/** More portals than one container ever serves at a time. */
const DEFAULT_CAPACITY = 10_000;

/**
 * A map with a limited number of entries, for what a warm container remembers. The entry that was unused for the longest time
 * makes room for a new one.
 */
export class LruMap<Key, Value> {
  private readonly entries = new Map<Key, Value>();
  private readonly capacity: number;

  constructor(capacity = DEFAULT_CAPACITY) {
    this.capacity = capacity;
  }

  /** Counts as a use. */
  get(key: Key): Value | undefined {
    const value = this.entries.get(key);
    return value === undefined ? undefined : this.set(key, value);
  }

  /** Does not count as a use. */
  peek(key: Key): Value | undefined {
    return this.entries.get(key);
  }

  set(key: Key, value: Value): Value {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size > this.capacity) this.deleteOldest();
    return value;
  }

  delete(key: Key): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  /** Only if one has to go: on its way to the oldest entry, V8 passes all that were deleted. */
  private deleteOldest(): void {
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) this.entries.delete(oldest.value);
  }
}
