import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Heap = { readonly before: number; readonly peak: number };

const LOOK_EVERY_MS = 5;

/** Watches the heap of this thread, in bytes, from a clean start until `end`. */
export function watchHeap(): { end(): Heap } {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const used = () => process.memoryUsage().heapUsed;
  const before = used();
  let peak = before;
  const look = () => {
    peak = Math.max(peak, used());
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    end() {
      look();
      clearInterval(timer);
      return { before, peak };
    },
  };
}
