type QueuedEvent = { readonly atMs: number; readonly act: () => void };

type Entry = QueuedEvent & { readonly order: number; canceled: boolean };

export type EventQueue = {
  /** @returns a function that takes the event out again; safe to call when it has happened already */
  add(event: QueuedEvent): () => void;
  /** Removes the earliest event; of several at one instant, the one that was added first. */
  take(): QueuedEvent | undefined;
};

/** A binary heap. Canceled events stay in it until their turn and are then passed over. */
export function createEventQueue(): EventQueue {
  const heap: Entry[] = [];
  let added = 0;

  function isBefore(left: Entry | undefined, right: Entry | undefined): boolean {
    if (left === undefined || right === undefined) return left !== undefined;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  }

  function rise(entry: Entry): void {
    let at = heap.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  function sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const childAt = isBefore(heap[leftAt + 1], heap[leftAt]) ? leftAt + 1 : leftAt;
      const child = heap[childAt];
      if (child === undefined || !isBefore(child, entry)) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = entry;
  }

  function takeFirst(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) sink(last);
    return first;
  }

  return {
    add(event) {
      const entry = { ...event, order: added, canceled: false };
      added += 1;
      rise(entry);
      return () => {
        entry.canceled = true;
      };
    },
    take() {
      let first = takeFirst();
      while (first?.canceled) first = takeFirst();
      return first;
    },
  };
}
