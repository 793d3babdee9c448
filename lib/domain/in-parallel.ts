/** Enough to keep a table busy, few enough not to be throttled by it. */
const DEFAULT_LIMIT = 25;

/**
 * Works through tasks side by side, `limit` at a time. Once a task has failed no other starts, those under way are awaited,
 * and then the first error is thrown: nothing goes on behind the back of whoever tries again.
 * @returns false when `mayGoOn` stopped it before the end
 */
export async function inParallel<T>(
  tasks: readonly T[],
  work: (task: T) => Promise<void>,
  { limit = DEFAULT_LIMIT, mayGoOn = () => true }: { readonly limit?: number; readonly mayGoOn?: () => boolean } = {},
): Promise<boolean> {
  const queue = tasks.values();
  const errors: unknown[] = [];
  let stopped = false;
  const worker = async () => {
    for (const task of queue) {
      if (errors.length > 0) return;
      if (!mayGoOn()) {
        stopped = true;
        return;
      }
      try {
        await work(task);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (errors.length > 0) throw errors[0];
  return !stopped;
}
