import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSilentAlarms } from './alarm-lines.ts';

/**
 * Captures every line that the code under test writes to stdout or stderr while a test file runs, keeps them off the
 * terminal, and fails the file when one of them holds an email, a token, a secret or a body.
 */
export const CAPTURED_LINES: string[] = [];

/** Fixtures name their secrets so that they can be recognized wherever they turn up. */
const FORBIDDEN: readonly RegExp[] = [
  /[^\s"\\:<]+@[^\s"\\]+\.[a-z]/i,
  /pat-test-/,
  /secret-test-/,
  /Bearer\s/,
  /"?(inputFields|outputFields|typedInputs)\\?"?\s*:/,
];

export function findLeak(line: string): string | undefined {
  return FORBIDDEN.find((pattern) => pattern.test(line))?.source;
}

type Write = typeof process.stdout.write;
const streams = [process.stdout, process.stderr] as const;
const originals = streams.map((stream) => stream.write.bind(stream) as Write);

beforeAll(() => {
  for (const stream of streams) {
    stream.write = ((chunk: string | Uint8Array) => {
      CAPTURED_LINES.push(
        ...String(chunk)
          .split('\n')
          .filter((line) => line !== ''),
      );
      return true;
    }) as Write;
  }
});

/** No line is of a test that did not begin. */
let ofThisTest = Number.POSITIVE_INFINITY;
beforeEach(() => {
  ofThisTest = CAPTURED_LINES.length;
});
afterEach(() => {
  const silent = findSilentAlarms(CAPTURED_LINES.slice(ofThisTest));
  ofThisTest = Number.POSITIVE_INFINITY;
  if (silent.length > 0) throw new Error(`The queries in docs/alarms.md find no line of the log about ${silent}`);
});

afterAll(() => {
  streams.forEach((stream, index) => {
    const original = originals[index];
    if (original !== undefined) stream.write = original;
  });
  const leaks = CAPTURED_LINES.filter((line) => findLeak(line) !== undefined);
  const scratch = process.env.TEST_SCRATCH_DIR;
  if (scratch !== undefined) appendFileSync(join(scratch, 'log-lines'), `${CAPTURED_LINES.length}\n`);
  if (leaks.length > 0) {
    const what = 'Lines of the log hold an email, a token, a secret or a body. Log an ID, a code or a count instead:';
    throw new Error([what, ...leaks].join('\n'));
  }
});
