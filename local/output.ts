/** The terminal, for the programs that a person starts here. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The reader may stop early, as in `npm run logs | head`. That is not a fault, and the program ends as if it was stopped. */
export function endWithReader(): void {
  let isEnding = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        // A local stack stops what it started. Its output has no reader any more, either.
        if (!isEnding && !process.emit('SIGTERM')) process.exit();
        isEnding = true;
        return;
      }
      if (stream === process.stdout) printError(`The output cannot be written (${error.code})`);
      process.exit(1);
    });
  }
}
