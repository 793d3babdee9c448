import { AsyncLocalStorage } from 'node:async_hooks';
import { isUtf8 } from 'node:buffer';
import { type IncomingMessage, Server } from 'node:http';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import workerThreads, { isMainThread, MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { interceptRequests } from './intercept-requests.ts';
import { limitRequests } from './limit-requests.ts';
import { refusePages } from './refuse-pages.ts';

/**
 * Loaded into the process of serverless-offline (14.8.2) before it starts, by `node --import`. There, a function that fails,
 * times out or is killed returns 200 over HTTP, or ends the whole process. On AWS, an HTTP API returns 500, the container is
 * replaced, and everything else continues. A test over HTTP checks that this file still fits the package.
 */
type FunctionEvent = object | null | undefined;
/** The parts of an action's request that the stack needs. */
export type ActionEvent = {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null if the request has none. */
  readonly body: string | null;
};
type LambdaFunction = {
  setEvent(event: FunctionEvent): void;
  runHandler(): Promise<unknown>;
  /** Ends the thread; the next call gets a new one. */
  cleanup(): Promise<void>;
};
type Invocation = { readonly context: object; readonly event: unknown; readonly port: MessagePort };

/** What an HTTP API answers for a function that failed (troubleshooting HTTP APIs with Lambda, read 2026-11-26). */
const FAILED = {
  statusCode: 500,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: 'Internal Server Error' }),
};

/** Two processors that have other work, too, start so many threads within a few seconds. An action has ten. */
const MOST_AT_ONCE = 8;

const source = dirname(createRequire(import.meta.url).resolve('serverless-offline'));

async function load<Members>(path: string): Promise<Members> {
  const { default: loaded } = await import(pathToFileURL(join(source, path)).href);
  return loaded.prototype;
}

if (isMainThread) {
  // The stack that started this process was killed.
  process.once('disconnect', () => process.exit(1));
  process.channel?.unref();
  const isInvoke = (path: string) => /^\/\d{4}-\d\d-\d\d\//.test(path);
  await answerAsApiGateway();
  // Lambda's Invoke API, which takes any function's event without a signature and answers pages from anywhere.
  refusePages(Server.prototype, isInvoke);
  // The queues' loops invoke a few functions at a time, for as long as a minute.
  limitRequests(Server.prototype, MOST_AT_ONCE, (path) => !isInvoke(path));
} else await throwErrorsOnly();

function reportAction({ rawPath = '', headers = {}, body = null }: Partial<ActionEvent>): void {
  if (!rawPath.startsWith('/actions/')) return;
  const event: ActionEvent = { rawPath, headers, body };
  process.send?.(event);
}

/** serverless-offline would make other bytes of a body that is no text. A signature is one of the bytes. */
function keepBytes(event: object, body: unknown): object {
  if (!(body instanceof Uint8Array) || isUtf8(body)) return event;
  return { ...event, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
}

async function answerAsApiGateway(): Promise<void> {
  const running = new AsyncLocalStorage<LambdaFunction>();
  /** `payload`: the body, which serverless-offline keeps there. */
  const requests = new AsyncLocalStorage<IncomingMessage & { readonly payload?: unknown }>();
  interceptRequests(
    Server.prototype,
    () => true,
    ({ req }, pass) => requests.run(req, pass),
  );
  const fromHttp = new WeakSet<object>();
  const events = new WeakMap<LambdaFunction, FunctionEvent>();

  const eventMaker = await load<{ create(): object }>('events/http/lambda-events/LambdaProxyIntegrationEventV2.js');
  const { create } = eventMaker;
  eventMaker.create = function createEvent() {
    const event = keepBytes(create.call(this), requests.getStore()?.payload);
    fromHttp.add(event);
    return event;
  };

  const lambda = await load<LambdaFunction>('lambda/LambdaFunction.js');
  const { setEvent, runHandler } = lambda;
  lambda.setEvent = function setEventAndNote(event) {
    events.set(this, event);
    if (event !== null && event !== undefined && fromHttp.has(event)) reportAction(event as Partial<ActionEvent>);
    setEvent.call(this, event);
  };
  lambda.runHandler = async function runHandlerOrFail() {
    const event = events.get(this);
    try {
      return await running.run(this, () => runHandler.call(this));
    } catch (error) {
      // A caller that invoked it by name gets the error itself, as from Lambda.
      if (event === null || event === undefined || !fromHttp.has(event)) throw error;
      return FAILED;
    }
  };

  workerThreads.Worker = class FunctionThread extends Worker {
    readonly #function = running.getStore();
    readonly #ends = new Set<(error: Error) => void>();
    #error = new Error('the process of the function ended');
    #isStopped = false;

    constructor(...options: ConstructorParameters<typeof Worker>) {
      super(...options);
      // Without a listener, an error in a function would end this process.
      this.on('error', (error) => {
        // A copy: an error from a thread looks like an error, but is none after it is sent on.
        this.#error = new Error(error instanceof Error ? error.message : String(error));
      });
      this.once('exit', () => {
        for (const end of this.#ends) end(this.#error);
        if (this.#isStopped || this.#function === undefined) return;
        process.stderr.write(`A function ended before its time: ${this.#error.message}\n`);
        void this.#function.cleanup();
      });
    }

    /** Between the caller and the thread, because a port does not say that its other end is gone. */
    override postMessage(invocation: Invocation): void {
      const { port1: ours, port2: theirs } = new MessageChannel();
      const answer = (result: unknown) => {
        this.#ends.delete(answer);
        ours.close();
        invocation.port.postMessage(result);
        invocation.port.close();
      };
      this.#ends.add(answer);
      ours.once('message', answer);
      super.postMessage({ ...invocation, port: theirs }, [theirs]);
    }

    override terminate(): Promise<number> {
      this.#isStopped = true;
      return super.terminate();
    }
  };
  syncBuiltinESMExports();
}

/**
 * A function may throw anything. A value that is not an error, or cannot be copied to another thread, would look like an answer.
 */
async function throwErrorsOnly(): Promise<void> {
  const runner = await load<{ run(...invocation: unknown[]): Promise<unknown> }>(
    'lambda/handler-runner/in-process-runner/InProcessRunner.js',
  );
  const { run } = runner;
  runner.run = async function runAndThrowErrors(...invocation) {
    try {
      return await run.apply(this, invocation);
    } catch (error) {
      if (!(error instanceof Error)) throw new Error(`the function threw no error but: ${typeof error}`);
      const { name, message, stack } = error;
      throw Object.assign(new Error(message), { name, stack });
    }
  };
}
