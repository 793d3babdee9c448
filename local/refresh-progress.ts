/** Where the progress is shown: `process.stdout`, as far as it is needed. */
export type ProgressStream = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

export type RefreshProgress = {
  /** Shows a refresh that begins. Several may run at once: they are added up. */
  begin(): void;
  /** More portals than were known. */
  expect(portals: number): void;
  /** Takes the functions' output line by line, and prints each line above the progress. */
  above(print: (line: string) => void): (line: string) => void;
  /** Removes the progress after the last running refresh has ended. */
  end(): void;
};

/** The known counts of running refreshes. `portals` is unknown until all of them are queued. */
export type RefreshCounts = {
  readonly portals: number | undefined;
  readonly done: number;
  readonly owners: number;
  readonly calls: number;
};

type EndedRun = { readonly runId: string; readonly owners: number; readonly calls: number };

const CLEAR_LINE = '\r\u001b[K';
/** Of a terminal that does not say, or says 0. */
const DEFAULT_COLUMNS = 80;

export function formatProgress({ portals, done, owners, calls }: RefreshCounts): string {
  if (portals === undefined) return 'Refreshing owners …';
  const [doneText, portalsText, ownersText, callsText] = [done, portals, owners, calls].map(inThousands);
  return `Refreshing owners: ${doneText}/${portalsText} portals, ${ownersText} owners, ${callsText} calls`;
}

/**
 * The end of one portal's refresh, if the line says so (lib/observability/report-sync.ts). A run that is saved for continuation
 * has not ended: it logs the end later, under the same ID.
 */
export function readEndedRun(line: string): EndedRun | undefined {
  const { message, runId, outcome, active, archived, queues, hubspotCalls } = readObject(line);
  if (message !== 'owner refresh ended' || typeof runId !== 'string' || outcome === 'toBeContinued') return undefined;
  // `active` counts people only.
  return { runId, owners: toCount(active) + toCount(archived) + toCount(queues), calls: toCount(hubspotCalls) };
}

/** Keeps one line of a terminal up to date while owners are refreshed. Writes nothing to anything but a terminal. */
export function createRefreshProgress(stream: ProgressStream): RefreshProgress {
  const ended = new Map<string, EndedRun>();
  let running = 0;
  let portals: number | undefined;

  function draw(): void {
    if (running === 0 || stream.isTTY !== true) return;
    const runs = [...ended.values()];
    const counts = { portals, done: runs.length, owners: sum(runs, 'owners'), calls: sum(runs, 'calls') };
    // A line that wraps could not be removed.
    stream.write(`${CLEAR_LINE}${formatProgress(counts).slice(0, (stream.columns || DEFAULT_COLUMNS) - 1)}`);
  }

  function clear(): void {
    if (running > 0 && stream.isTTY === true) stream.write(CLEAR_LINE);
  }

  return {
    begin() {
      running += 1;
      draw();
    },
    expect(more) {
      portals = (portals ?? 0) + more;
      draw();
    },
    above: (print) => (line) => {
      const run = readEndedRun(line);
      // A queue may deliver a job twice; it is one run.
      if (run !== undefined && running > 0) ended.set(run.runId, run);
      clear();
      print(line);
      draw();
    },
    end() {
      if (running === 1) {
        clear();
        ended.clear();
        portals = undefined;
      }
      running -= 1;
    },
  };
}

function readObject(line: string): Readonly<Record<string, unknown>> {
  if (!line.startsWith('{')) return {};
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function toCount(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function sum(runs: readonly EndedRun[], what: 'owners' | 'calls'): number {
  return runs.reduce((total, run) => total + run[what], 0);
}

function inThousands(value: number): string {
  return value.toLocaleString('en-US');
}
