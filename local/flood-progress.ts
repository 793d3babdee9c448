import type { FloodReport } from './simulator/flood-ledger.ts';

export type ProgressTarget = { readonly isTTY?: boolean; write(text: string): unknown };

const CLEAR_LINE = '\r\u001b[K';
const WIDTH = 30;
const TERMINAL_EVERY_MS = 250;
const ELSEWHERE_EVERY_MS = 5_000;

export function formatFloodProgress({ enrolled, blocked, completed, answeredInline }: FloodReport, total: number) {
  const ended = completed + answeredInline;
  const filled = Math.floor((ended / total) * WIDTH);
  const sent = Math.floor((enrolled / total) * WIDTH);
  const bar = '█'.repeat(filled) + '▒'.repeat(Math.max(0, sent - filled)) + '░'.repeat(WIDTH - Math.max(sent, filled));
  const [done, all, waiting] = [ended, total, blocked - completed].map((count) => count.toLocaleString('en-US'));
  return `${bar}  ${done}/${all} done, ${waiting} wait in the queue`;
}

/**
 * Shows how far a flood is: one line of a terminal that is kept up to date, and a line now and then elsewhere.
 * @returns how to end that
 */
export function showFloodProgress(target: ProgressTarget, read: () => FloodReport, total: number): () => void {
  const isTerminal = target.isTTY === true;
  const show = () => {
    const text = formatFloodProgress(read(), total);
    target.write(isTerminal ? `${CLEAR_LINE}${text}` : `${text}\n`);
  };
  const timer = setInterval(show, isTerminal ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS);
  return () => {
    clearInterval(timer);
    show();
    if (isTerminal) target.write('\n');
  };
}
