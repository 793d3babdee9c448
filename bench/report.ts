type Budget = {
  readonly what: string;
  readonly limit: number;
  readonly measured: number;
  readonly format: (value: number) => string;
  /** Said beside the verdict, when the number alone could mislead. */
  readonly note?: string;
};

export type Report = {
  line(text?: string): void;
  heading(text: string): void;
  /** The first column is text, the others are numbers. */
  table(columns: readonly string[], rows: readonly (readonly string[])[]): void;
  budget(budget: Budget): void;
  /** The budgets not met so far, in words. */
  notMet(): readonly string[];
};

/**
 * Takes stdout for the report alone. The functions write log lines and metrics there too, and errors to stderr: those are
 * dropped at the last step, so that a measured execution still pays for making them.
 */
export function createReport(): Report {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  const writeError = process.stderr.write.bind(process.stderr);
  process.stderr.write = (chunk: string | Uint8Array) => isLogged(String(chunk)) || writeError(chunk);
  const notMet: string[] = [];
  const line = (text = '') => void write(`${text}\n`);

  return {
    line,
    heading: (text) => line(`\n${text}\n${'-'.repeat(text.length)}`),
    table(columns, rows) {
      const widths = columns.map((column, index) =>
        Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)),
      );
      for (const row of [columns, ...rows])
        line(row.map((cell, index) => align(cell, widths[index], index)).join('  '));
    },
    budget({ what, limit, measured, format, note }) {
      const met = measured <= limit;
      const sentence = `${what}: ≤ ${format(limit)}, measured ${format(measured)}`;
      line(`budget  ${sentence} … ${met ? 'met' : 'NOT MET'}${note === undefined ? '' : ` (${note})`}`);
      if (!met) notMet.push(sentence);
    },
    notMet: () => notMet,
  };
}

/** A log line, or the metrics library's word that it goes by the default namespace. */
function isLogged(text: string): boolean {
  return text.startsWith('{"level":') || text.startsWith('Namespace should be defined');
}

function align(cell: string, width = 0, column = 0): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

export const inMs = (value: number): string => `${value.toFixed(1)} ms`;
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const inTimes = (value: number): string => `${value.toFixed(2)}×`;
export const inKb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
