import type { PortalId } from './ids.ts';
import { hasFailed, type NightlyHandover, sumUp } from './nightly-handover.ts';
import type { OwnerChanges, RefreshReport } from './owner-sync.ts';
import { settingsPageUrlOf } from './settings-page-url.ts';

/** A message about the results of a refresh. `chat` is the same for a chat: Markdown, with its own title. */
export type Digest = {
  /** ASCII, at most 100 characters. */
  readonly subject: string;
  readonly email: string;
  readonly chat: { readonly title: string; readonly description: string };
};

export type DigestOptions = {
  /** Whether the message may contain addresses. */
  readonly withAddresses: boolean;
  /** The address of the settings page, with a placeholder for the account. Undefined if no operator set it. */
  readonly pageUrl: string | undefined;
};

const MAX_ADDRESSES = 20;
const CHANGES: readonly (readonly [keyof OwnerChanges, string])[] = [
  ['joined', 'Joined'],
  ['deactivated', 'Deactivated'],
  ['reactivated', 'Reactivated'],
  ['emailChanged', 'Email changed'],
  ['teamChanged', 'Team changed'],
  ['removed', 'No longer listed'],
];
/**
 * The path that HubSpot documents (manage connected apps, read 2026-11-27). It documents no link: its CLI 8.6 opens another tab
 * of an app by the app's ID, and public apps redirect to addresses of three forms. So an operator copies the link.
 */
const PATH = 'In HubSpot: Settings > Integrations > Connected Apps > Owner by email > Settings.';

/**
 * Undefined if nothing changed, nothing is unresolved, and no nightly handover moved anything or failed: then nobody wants a
 * message.
 */
export function makeDigest(
  report: RefreshReport,
  { portalId, withAddresses, pageUrl }: DigestOptions & { readonly portalId: PortalId },
  nightly: readonly NightlyHandover[] = [],
): Digest | undefined {
  const changes = CHANGES.flatMap(([name, label]) => {
    const count = report.totals[name];
    return count > 0 ? [`${label}: ${count}`] : [];
  });
  const changed = CHANGES.reduce((sum, [name]) => sum + report.totals[name], 0);
  const { unresolvedTotal, formerEmailsTotal } = report;
  const isQuiet = changed === 0 && unresolvedTotal === 0 && sumUp(nightly).moved === 0;
  if (isQuiet && !nightly.some(hasFailed)) return undefined;
  const subject = `Owner by email, account ${portalId}: ${counted(changed, 'change')}, ${counted(unresolvedTotal, 'unresolved email')}`;
  const open = [
    ...(unresolvedTotal > 0 ? [`Unresolved emails: ${unresolvedTotal}`] : []),
    ...(formerEmailsTotal > 0 ? [`Former addresses in use: ${formerEmailsTotal}`] : []),
    ...describeNightly(nightly),
  ];
  const addresses = withAddresses
    ? report.unresolved.slice(0, MAX_ADDRESSES).map(({ email, count }) => `${email} (${count})`)
    : [];
  const people = `People: ${report.active} active, ${report.archived} deactivated`;
  const lines = [...changes, ...open, people];
  // Email clients and chats show an address that is alone on its line as a link.
  const where = pageUrl === undefined ? [PATH] : ['Open the settings page:', settingsPageUrlOf(pageUrl, portalId)];
  const chat = [...lines.map((line) => `- ${line}`), ...listOf(addresses).map(escapeMarkdown), '', ...where];
  return {
    subject,
    email: [subject, '', ...lines, ...listOf(addresses), '', ...where].join('\n'),
    chat: { title: subject, description: chat.join('\n') },
  };
}

/** What somebody has to act on. A capped handover is not: the next night moves the rest. */
function describeNightly(nightly: readonly NightlyHandover[]): string[] {
  const { moved, leftAlone, leavers } = sumUp(nightly);
  const lines: readonly (readonly [string, number])[] = [
    ['Left alone in nightly handovers', leftAlone],
    ['Nightly handovers at their limit of calls', nightly.filter(({ isCapped }) => isCapped).length],
    ['Nightly handovers that could not read everything', nightly.filter(({ unreadable }) => unreadable > 0).length],
    ['Nightly handovers that did not start or finish', nightly.filter(hasFailed).length],
  ];
  return [
    ...(moved > 0
      ? [`Handed over in the last night: ${counted(moved, 'record')} of ${counted(leavers, 'leaver')}`]
      : []),
    ...lines.flatMap(([what, count]) => (count > 0 ? [`${what}: ${count}`] : [])),
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function listOf(addresses: readonly string[]): string[] {
  return addresses.length === 0 ? [] : ['', 'Most frequent:', ...addresses.map((line) => `  ${line}`)];
}

/** An address comes from a record, and may contain what a chat would show as a link or as emphasis. */
function escapeMarkdown(text: string): string {
  return text.replace(/[*_`~<>[\]|]/g, (character) => `\\${character}`);
}
