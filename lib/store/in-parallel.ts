/** How many writes are under way at once: enough to keep a table busy, few enough not to be throttled by it. */
const PARALLEL_WRITES = 25;

/** Works through tasks side by side. @returns false when it was stopped before the end */
export async function inParallel<T>(
  tasks: readonly T[],
  work: (task: T) => Promise<void>,
  mayGoOn: () => boolean,
): Promise<boolean> {
  const queue = tasks.values();
  let stopped = false;
  const worker = async () => {
    for (const task of queue) {
      if (!mayGoOn()) {
        stopped = true;
        return;
      }
      await work(task);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_WRITES, tasks.length) }, worker));
  return !stopped;
}
