import { readOwnerEmail, trimBlank } from '../domain/email.ts';
import type { OwnerId } from '../domain/ids.ts';
import type { ActionResult, Outcome } from '../domain/outcome.ts';
import { fullName, type Owner, primaryTeamOf } from '../domain/owner.ts';
import { OUTPUT_FIELDS, type OutputName, type Reason } from './definition.ts';
import { type ErrorFacts, errorDetails, errorMessage } from './error-message.ts';

/** The answer to HubSpot: every declared output and the state, all of them strings. */
export type OutputFields = Readonly<Record<OutputName | 'hs_execution_state', string>>;

/** The answer for a queued execution: no output has a value yet, and HubSpot waits this long for the callback. */
export type WaitingOutputs = OutputFields & Readonly<Record<'hs_expiration_duration', string>>;

/** @param duration ISO-8601, such as `P2D` */
export function waitingOutputs(duration: string): WaitingOutputs {
  const declared = OUTPUT_FIELDS.map(({ name }) => [name, ''] as const);
  return Object.fromEntries([
    ...declared,
    ['hs_execution_state', 'BLOCK'],
    ['hs_expiration_duration', duration],
  ]) as WaitingOutputs;
}

/** The maximum length of a value. HubSpot documents no limit; a history page shows no more than a sentence. */
export const MAX_OUTPUT_LENGTH = 1000;
const MAX_ASKED_LENGTH = 254;

/**
 * Renders a result as the declared outputs.
 * @param asked the email as the workflow sent it
 * @param people the known owners among the IDs in the result
 * @param installUrl where an administrator installs the app again; empty with a static token
 */
export function toOutputFields(
  result: ActionResult,
  asked: string,
  people: readonly Owner[],
  installUrl = '',
): OutputFields {
  const byId = new Map<OwnerId, Owner>(people.map((owner) => [owner.id, owner]));
  const owner = result.ownerId === undefined ? undefined : byId.get(result.ownerId);
  const about = (result.aboutOwnerIds ?? []).map((id) => byId.get(id)).filter((person) => person !== undefined);
  const named = owner ?? (about.length === 1 ? about[0] : undefined);
  const primaryTeam = owner && primaryTeamOf(owner);
  const values: Readonly<Record<OutputName, string>> = {
    outcome: result.outcome,
    reason: reasonOf(result),
    ownerId: result.ownerId ?? '',
    // The history shows it as the owner, also if HubSpot has no email for them.
    ownerEmail: result.ownerId === undefined ? shorten(asked) : (owner?.email ?? nameOf(result.ownerId, byId)),
    ownerName: named === undefined ? '' : fullName(named),
    userId: owner?.userId ?? '',
    primaryTeamId: primaryTeam?.id ?? '',
    primaryTeamName: primaryTeam?.name ?? '',
    previousOwnerId: result.previousOwnerId ?? '',
    previousOwnerName:
      result.outcome === 'KEPT_EXISTING' ? keptName(result, byId) : nameOf(result.previousOwnerId, byId),
    substitutedFor: result.substitutedFor ?? '',
    substitutedForName: nameOf(result.substitutedFor, byId),
    matchedBy: result.matchedBy ?? '',
    matchedEmail: result.matchedBy === undefined ? '' : addressIn(asked),
    resolvedFrom: result.resolvedFrom ?? '',
    ownerDataAgeSeconds: result.ownerDataAgeSeconds === undefined ? '' : String(result.ownerDataAgeSeconds),
    ...errorOutputs(result, asked, about, installUrl),
  };
  const declared = OUTPUT_FIELDS.map(({ name }) => [name, toOutputValue(values[name])] as const);
  return Object.fromEntries([
    ...declared,
    ['hs_execution_state', result.outcome === 'FAILED' ? 'FAIL_CONTINUE' : 'SUCCESS'],
  ]) as OutputFields;
}

const REPLACING: ReadonlySet<Outcome> = new Set<Outcome>(['ASSIGNED', 'FALLBACK_ASSIGNED', 'CLEARED']);

function reasonOf({ outcome, ownerId, previousOwnerId, substitutedFor, keptBecause }: ActionResult): Reason | '' {
  if (keptBecause !== undefined) return keptBecause;
  const isReplaced = REPLACING.has(outcome) && Boolean(previousOwnerId) && previousOwnerId !== ownerId;
  if (substitutedFor === undefined) return isReplaced ? 'REPLACED' : '';
  return isReplaced ? 'SUCCESSOR_REPLACED' : 'SUCCESSOR';
}

/** Deactivation blanks names; the address, or else the ID, still identifies the person. */
function nameOf(id: OwnerId | '' | undefined, byId: ReadonlyMap<OwnerId, Owner>): string {
  if (id === undefined || id === '') return '';
  const owner = byId.get(id);
  return (owner && (fullName(owner) || owner.email)) || id;
}

/** The history names the owner who was kept. A value that is not an owner ID is kept too, and has no name. */
function keptName({ previousOwnerId, keptBecause }: ActionResult, byId: ReadonlyMap<OwnerId, Owner>): string {
  return nameOf(previousOwnerId, byId) || (keptBecause === 'SET_TO_KEEP' ? '–' : '');
}

/** The workflow's text without invisible characters around it. */
function shorten(asked: string): string {
  return trimBlank(asked).slice(0, MAX_ASKED_LENGTH);
}

function addressIn(asked: string): string {
  const reading = readOwnerEmail(asked);
  return reading.kind === 'email' ? reading.email : '';
}

function errorOutputs(
  { errorCode, aboutOwnerIds = [], subject = '', hubspotCorrelationId }: ActionResult,
  asked: string,
  about: readonly Owner[],
  installUrl: string,
): Pick<OutputFields, 'errorCode' | 'errorMessage' | 'errorDetails'> {
  if (errorCode === undefined) return { errorCode: '', errorMessage: '', errorDetails: '' };
  const byId = new Map<OwnerId, Owner>(about.map((owner) => [owner.id, owner]));
  // By name only, because the email is the one in the workflow.
  const withName = (id: OwnerId) => {
    const owner = byId.get(id);
    const name = owner === undefined ? '' : fullName(owner);
    return name === '' ? id : `${id} (${name})`;
  };
  const facts: ErrorFacts = {
    asked: shorten(asked),
    people: about.flatMap((owner) => fullName(owner) || owner.email || []).join(', '),
    ownerIds: aboutOwnerIds.join(', '),
    owners: aboutOwnerIds.map(withName).join(', '),
    subject,
    installUrl,
  };
  const support = hubspotCorrelationId === undefined ? '' : ` HubSpot's correlation ID: ${hubspotCorrelationId}.`;
  return {
    errorCode,
    errorMessage: `${errorMessage(errorCode, facts)}${support}`,
    errorDetails: errorDetails(errorCode, facts),
  };
}

/** Overrides and isolates of writing direction: one of them would reverse the rest of the sentence that contains it. */
const TURNS_TEXT = /[\u202a-\u202e\u2066-\u2069]/g;
/** Control characters and line separators, which break the history page and CSV exports. */
const BREAKS_LINE = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** Half of a surrogate pair is not valid in JSON text. */
function toOutputValue(text: string): string {
  return text.slice(0, MAX_OUTPUT_LENGTH).toWellFormed().replace(BREAKS_LINE, ' ').replace(TURNS_TEXT, '');
}
