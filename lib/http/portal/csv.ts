import { fullName, type Owner } from '../../domain/owner.ts';
import type { ListedEmail } from '../../use-cases/page/list-unresolved.ts';

const HEADER = ['email', 'count', 'workflows', 'last seen', 'cause', 'about', 'probably meant'];

/** A part of the file; only the first part has the header. Lines end with CRLF, as in RFC 4180. */
export function toCsv(entries: readonly ListedEmail[], isFirst: boolean): string {
  return [...(isFirst ? [HEADER] : []), ...entries.map(toRow)].map(toLine).join('');
}

function toRow({ email, count, workflowIds, lastSeenAtEpochMs, cause, about }: ListedEmail): string[] {
  return [
    email,
    String(count),
    workflowIds.join(' '),
    new Date(lastSeenAtEpochMs).toISOString(),
    cause.kind,
    about.map(nameOf).join('; '),
    cause.kind === 'typo' ? cause.of : '',
  ];
}

function nameOf(owner: Owner): string {
  return fullName(owner) || owner.email || owner.id;
}

function toLine(cells: readonly string[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

/**
 * A spreadsheet may run a cell that begins with one of these (OWASP's application security verification standard 5.0, read
 * 2026-11-27). The full-width forms are typed in Japanese and mean the same.
 */
const RUNS = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n\0]/;

/** With an apostrophe before it, it is text. An address may begin with these characters. */
function toCell(text: string): string {
  const harmless = RUNS.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
