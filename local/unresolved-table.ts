import type { RefreshReport } from '../lib/domain/owner-sync.ts';
import type { ExplainedEmail, FormerEmail, LikelyCause } from '../lib/domain/unresolved-email.ts';

type Column<Row> = { readonly title: string; readonly read: (row: Row) => string };

const ASKED: readonly Column<Omit<ExplainedEmail, 'cause'>>[] = [
  { title: 'Email', read: ({ email }) => email },
  { title: 'Asked', read: ({ count }) => `${count} ×` },
  { title: 'Workflows', read: ({ workflowIds }) => workflowIds.join(', ') || '–' },
];
const PROBABLY: Column<ExplainedEmail> = { title: 'Probably', read: ({ cause }) => sayCause(cause) };
const LED_TO: Column<FormerEmail> = { title: 'Led to', read: ({ ownerId }) => `owner ${ownerId}` };

/** The unresolved emails since the last refresh that somebody should check, a line each; empty if there are none. */
export function formatUnresolved(report: RefreshReport): string[] {
  const { unresolved, unresolvedTotal, formerEmails, formerEmailsTotal } = report;
  return [
    ...formatTable('email(s) that nobody could be assigned for', [...ASKED, PROBABLY], unresolved, unresolvedTotal),
    ...formatTable('former address(es) that records still hold', [...ASKED, LED_TO], formerEmails, formerEmailsTotal),
  ];
}

function formatTable<Row>(
  what: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  total: number,
): string[] {
  if (total === 0) return [];
  const widths = columns.map(({ title, read }) => Math.max(title.length, ...rows.map((row) => read(row).length)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  const hidden = total - rows.length;
  return [
    '',
    `${total} ${what} since the refresh before:`,
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.map((row) => line(columns.map(({ read }) => read(row)))),
    ...(hidden > 0 ? [`  … and ${hidden} less frequent`] : []),
  ];
}

function sayCause(cause: LikelyCause): string {
  switch (cause.kind) {
    case 'resolved':
      return `it is found by now: owner ${cause.ownerIds.join(', ')}`;
    case 'left':
      return `they left: owner ${cause.ownerIds.join(', ')}`;
    case 'shared':
      return `it leads to several active people: owners ${cause.ownerIds.join(', ')}`;
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
