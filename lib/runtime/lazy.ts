/**
 * Starts something once and shares it. Callers that come while it starts get the same promise; a start that failed is
 * forgotten, so that one unreachable secret does not poison a warm container.
 */
export function lazy<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => {
    if (started === undefined) {
      const current = start();
      started = current;
      current.catch(() => {
        if (started === current) started = undefined;
      });
    }
    return started;
  };
}
