import type { RefreshReport } from '../lib/domain/refresh.ts';
import type { ExplainedEmail, LikelyCause } from '../lib/domain/unresolved.ts';

const COLUMNS: readonly { readonly title: string; readonly read: (row: ExplainedEmail) => string }[] = [
  { title: 'Email', read: ({ email }) => email },
  { title: 'Asked', read: ({ count }) => `${count} ×` },
  { title: 'Workflows', read: ({ workflowIds }) => workflowIds.join(', ') || '–' },
  { title: 'Probably', read: ({ cause }) => sayCause(cause) },
];

/** What workflows asked for in vain since the refresh before, a line each; nothing when there was nothing. */
export function formatUnresolved({ unresolved, unresolvedTotal }: RefreshReport): string[] {
  if (unresolvedTotal === 0) return [];
  const widths = COLUMNS.map(({ title, read }) => Math.max(title.length, ...unresolved.map((row) => read(row).length)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  const untold = unresolvedTotal - unresolved.length;
  return [
    '',
    `${unresolvedTotal} email(s) that nobody could be assigned for since the refresh before:`,
    line(COLUMNS.map(({ title }) => title)),
    line(widths.map((width) => '─'.repeat(width))),
    ...unresolved.map((row) => line(COLUMNS.map(({ read }) => read(row)))),
    ...(untold > 0 ? [`  … and ${untold} less frequent`] : []),
  ];
}

function sayCause(cause: LikelyCause): string {
  switch (cause.kind) {
    case 'resolved':
      return `it is found by now: owner ${cause.ownerIds.join(', ')}`;
    case 'left':
      return `they left: owner ${cause.ownerIds.join(', ')}`;
    case 'shared':
      return `several active people share it: owners ${cause.ownerIds.join(', ')}`;
    case 'queue':
      return `it is a queue's: owner ${cause.ownerIds.join(', ')}`;
    case 'sandbox_suffix':
      return `it comes from a sandbox; without ".invalid" it is owner ${cause.ownerIds.join(', ')}`;
    case 'user_without_owner':
      return 'a user has it for whom HubSpot lists no owner';
    case 'typo':
      return `a slip of typing: ${cause.of}, owner ${cause.ownerIds.join(', ')}`;
    case 'never_seen':
      return 'nobody here has, had or nearly has it';
  }
}
