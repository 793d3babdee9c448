import { findMissing, OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
import type { Transport } from '../../lib/hubspot/transport.ts';
import { type Finding, good, skipped, wrong } from './finding.ts';
import { type Trial, tryScopes } from './scope-trials.ts';

const ALL = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES];
const TIMEOUT_MS = 10_000;
const INSTALL_AGAIN = 'Open the reinstall URL on the app’s Distribution tab in HubSpot.';

export type ScopeCheck = {
  readonly transport: Transport;
  readonly apiBaseUrl: string;
  readonly token: string;
  /** The required scopes of the HubSpot project on this disk, if it is the one for this address. */
  readonly required: ReadonlySet<string> | undefined;
};

/**
 * The permissions of a static token. HubSpot lists its scopes only at an address of its older API (private app token information,
 * read 2026-11-23), which ends in 2027 and may not know the apps of projects. If it does not answer, harmless calls are tried.
 */
export async function checkStaticScopes(portal: string, check: ScopeCheck): Promise<readonly Finding[]> {
  const subject = `${portal}, scopes`;
  const listed = await readListedScopes(check);
  if (listed !== undefined) {
    const missing = new Set(ALL.filter((scope) => !listed.has(scope)));
    if (missing.size === 0) return [good(subject, 'all are granted')];
    return [
      good(subject, 'HubSpot lists them'),
      ...describeLost(subject, { granted: listed, missing }, check.required),
    ];
  }
  const trials = await tryScopes(check.transport, check.apiBaseUrl, check.token);
  return describeTrials(subject, trials, check.required);
}

async function readListedScopes({
  transport,
  apiBaseUrl,
  token,
}: ScopeCheck): Promise<ReadonlySet<string> | undefined> {
  const url = `${apiBaseUrl}/oauth/v2/private-apps/get/access-token-info`;
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const request = { method: 'POST', url, headers, body: JSON.stringify({ tokenKey: token }) };
  const result = await transport(request, TIMEOUT_MS);
  if (result.kind === 'fault' || result.reply.status !== 200) return undefined;
  const { scopes } = Object(result.reply.document) as { scopes?: unknown };
  return Array.isArray(scopes) ? new Set(scopes.map(String)) : undefined;
}

function describeTrials(
  subject: string,
  trials: readonly Trial[],
  required: ReadonlySet<string> | undefined,
): readonly Finding[] {
  const scopesThat = (shows: Trial['shows']) =>
    trials.filter((trial) => trial.shows === shows).map(({ scope }) => scope);
  // The account details were read with it before.
  const granted = ['oauth', ...scopesThat('granted')];
  const missing = new Set(scopesThat('missing'));
  const matters = (scope: string) => required?.has(scope) ?? true;
  const unproved = scopesThat('unproved').filter(matters);
  const tried = new Set(['oauth', ...trials.map(({ scope }) => scope)]);
  const untried = ALL.filter((scope) => !tried.has(scope) && matters(scope));
  return [
    good(subject, `granted, as reads show: ${granted.join(' ')}`),
    ...describeLost(subject, { granted: new Set(granted), missing }, required),
    ...describeFailures(subject, trials, matters),
    ...(unproved.length === 0 ? [] : [skipped(subject, `${unproved.join(' ')}: ${NOT_PROVED}`)]),
    ...(untried.length === 0 ? [] : [skipped(subject, `${untried.join(' ')}: ${NOT_TRIED}`)]),
  ];
}

const NOT_PROVED =
  'not checked. HubSpot did not refuse a call with an empty list, which does not prove them; compare with the app’s Auth tab';
const NOT_TRIED = 'not checked, because no harmless call needs them alone; compare with the app’s Auth tab';

/** One line for each reason, not for each scope. */
function describeFailures(
  subject: string,
  trials: readonly Trial[],
  matters: (scope: string) => boolean,
): readonly Finding[] {
  const scopesByReason = new Map<string, string[]>();
  for (const trial of trials) {
    if (trial.shows !== 'nothing' || !matters(trial.scope)) continue;
    scopesByReason.set(trial.why, [...(scopesByReason.get(trial.why) ?? []), trial.scope]);
  }
  return [...scopesByReason].map(([why, scopes]) => skipped(subject, `${scopes.join(' ')}: not checked. ${why}`));
}

type Known = { readonly granted: ReadonlySet<string>; readonly missing: ReadonlySet<string> };

/**
 * A required scope of the project, or an update whose read is granted, was lost by mistake. Any other scope was not requested: a
 * choice, whose effect is named.
 */
function describeLost(
  subject: string,
  { granted, missing }: Known,
  required: ReadonlySet<string> | undefined,
): readonly Finding[] {
  const isMistake = (scope: string) =>
    required?.has(scope) === true ||
    REQUIRED_SCOPES.includes(scope) ||
    (scope.endsWith('.write') && granted.has(scope.replace(/write$/, 'read')));
  return findMissing(ALL.filter((scope) => !missing.has(scope))).flatMap(({ scopes, cost }) => {
    const mistakes = scopes.filter(isMistake);
    const chosen = scopes.filter((scope) => !isMistake(scope));
    return [
      ...(mistakes.length === 0 ? [] : [wrong(subject, `${mistakes.join(' ')} not granted. ${cost} ${INSTALL_AGAIN}`)]),
      ...(chosen.length === 0 ? [] : [skipped(subject, `${chosen.join(' ')} not granted. ${cost}`)]),
    ];
  });
}
