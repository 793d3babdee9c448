import { createWriteStream } from 'node:fs';

export type StackLog = {
  readonly write: (line: string) => void;
  /** For a stack whose start fails, because its file goes with it. */
  readonly last: () => readonly string[];
  readonly close: () => Promise<void>;
};

const KEPT_LINES = 40;

/** Writes the output of the functions and their server to a file, so that the terminal shows only what a person should read. */
export function openStackLog(file: string): StackLog {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  const last: string[] = [];
  let failure: Error | undefined;
  let isClosed = false;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    write(line) {
      // The last output of a process that was stopped.
      if (isClosed) return;
      if (failure !== undefined) throw failure;
      last.push(line);
      if (last.length > KEPT_LINES) last.shift();
      stream.write(`${line}\n`);
    },
    last: () => last,
    close() {
      isClosed = true;
      return new Promise((resolve) => stream.end(() => resolve()));
    },
  };
}
