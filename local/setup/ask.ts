import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Reads answers from a person, or from piped input. */
export type Ask = {
  readonly isTerminal: boolean;
  /** An empty answer is an answer. */
  line(question: string): Promise<string>;
  /** Without showing what is typed. */
  secret(question: string): Promise<string>;
  close(): void;
};

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

const STOPPED = 'Stopped. Run npm run setup again to continue';

/** Asks at the terminal. Without one, each question takes the next line of the piped input. */
export function createAsk(input: Input, output: NodeJS.WritableStream): Ask {
  return input.isTTY === true ? askAtTerminal(input, output) : readFromPipe(input, output);
}

function askAtTerminal(input: Input, output: NodeJS.WritableStream): Ask {
  const ask = async (question: string, isSecret: boolean) => {
    let isMuted = false;
    const shown = new Writable({
      write(chunk, _encoding, done) {
        if (!isMuted) output.write(chunk);
        done();
      },
    });
    const terminal = createInterface({ input, output: shown, terminal: true });
    const stop = new AbortController();
    terminal.once('SIGINT', () => stop.abort());
    terminal.once('close', () => stop.abort());
    try {
      const answer = terminal.question(`${question}: `, { signal: stop.signal });
      isMuted = isSecret;
      const text = await answer;
      if (isSecret) output.write('\n');
      return text.trim();
    } catch (cause) {
      throw new Error(STOPPED, { cause });
    } finally {
      terminal.close();
    }
  };
  return {
    isTerminal: true,
    line: (question) => ask(question, false),
    secret: (question) => ask(question, true),
    close() {},
  };
}

function readFromPipe(input: Input, output: NodeJS.WritableStream): Ask {
  let lines: AsyncIterator<string> | undefined;
  const next = async (question: string) => {
    output.write(`${question}: \n`);
    lines ??= createInterface({ input, terminal: false })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`nothing more to read for "${question}". ${STOPPED}`);
    return String(value).trim();
  };
  return { isTerminal: false, line: next, secret: next, close: () => void lines?.return?.() };
}
