/** More portals than one container serves at a time. */
const DEFAULT_CAPACITY = 10_000;

/**
 * A map with a limited number of entries, for everything that a warm container remembers. A new entry replaces the one that was
 * unused for the longest time.
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

  /** Only called if an entry must go: V8 passes all deleted entries on its way to the oldest one. */
  private deleteOldest(): void {
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) this.entries.delete(oldest.value);
  }
}
