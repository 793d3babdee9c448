import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A server on a thread of its own, so that its work is not done on the event loop that is being measured. */
export type ServerThread = {
  readonly url: string;
  /** Sends a message and resolves with the answer to it, for threads that answer. */
  ask(message: string): Promise<unknown>;
  stop(): Promise<void>;
};

/** Runs a module of this folder that starts a server and posts its URL. */
export async function startServerThread(file: `./${string}.ts`, data?: unknown): Promise<ServerThread> {
  const worker = new Worker(new URL(file, import.meta.url), { workerData: data });
  // Rejects on its own when the thread fails before it has posted anything.
  const [url]: unknown[] = await once(worker, 'message');
  return {
    url: String(url),
    async ask(message) {
      const answered = once(worker, 'message');
      worker.postMessage(message);
      return (await answered)[0];
    },
    stop: async () => void (await worker.terminate()),
  };
}
