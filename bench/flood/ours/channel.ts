/** The two ways of a message port or of a process with an IPC channel. */
export type Channel = {
  readonly send: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
};

/** Asks the other side, which answers by the question's name. Rejects with the message of what was thrown there. */
export type Ask = <Answer = unknown>(name: string, data?: unknown) => Promise<Answer>;
export type Answers = Readonly<Record<string, (data: never) => unknown>>;

type Question = { readonly question: number; readonly name: string; readonly data: unknown };
type Answer = { readonly answer: number; readonly value?: unknown; readonly error?: string };

export function createAsking({ send, onMessage }: Channel): { readonly ask: Ask; fail(reason: Error): void } {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  onMessage((message) => {
    const { answer, value, error } = message as Answer;
    const waiting = open.get(answer);
    open.delete(answer);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  });
  return {
    ask<Value>(name: string, data?: unknown): Promise<Value> {
      asked += 1;
      const waiting = Promise.withResolvers<unknown>();
      open.set(asked, waiting);
      send({ question: asked, name, data } satisfies Question);
      return waiting.promise as Promise<Value>;
    },
    /** The other side is gone: nothing that was asked will be answered. */
    fail(reason) {
      for (const { reject } of open.values()) reject(reason);
      open.clear();
    },
  };
}

export function answerQuestions({ send, onMessage }: Channel, answers: Answers): void {
  onMessage((message) => void answer(message as Question));

  async function answer({ question, name, data }: Question): Promise<void> {
    try {
      const find = answers[name];
      if (find === undefined) throw new Error(`nobody here answers to ${name}`);
      send({ answer: question, value: await find(data as never) } satisfies Answer);
    } catch (error) {
      send({ answer: question, error: error instanceof Error ? error.message : String(error) } satisfies Answer);
    }
  }
}

/** Of a process that was forked, which ends with the one that forked it, however that ends. */
export function parentChannel(): Channel {
  process.once('disconnect', () => process.exit());
  return {
    send: (message) => void process.send?.(message),
    onMessage: (listener) => void process.on('message', listener),
  };
}
