import type { OwnerId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import { fullName, type Owner } from '../domain/owner.ts';
import { OUTPUT_FIELDS, type OutputName } from './definition.ts';
import { errorMessage } from './error-message.ts';

/** The answer to HubSpot: every declared output and the state, all of them strings. */
export type OutputFields = Readonly<Record<OutputName | 'hs_execution_state', string>>;

/** The answer for an execution that waits: no output has a value yet, and HubSpot waits for the callback so long. */
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

/** The longest value we send. HubSpot documents no limit; a history page shows no more than a sentence. */
export const MAX_OUTPUT_LENGTH = 1000;
const MAX_ASKED_LENGTH = 254;

/**
 * Tells a result in the declared outputs.
 * @param asked the email as the workflow gave it
 * @param people the owners that the result names by id, as far as they are known
 * @param installUrl where an administrator installs the app again; empty where nobody installs it
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
  const told = owner ?? (about.length === 1 ? about[0] : undefined);
  const primaryTeam = owner?.teams.find((team) => team.primary);
  const values: Partial<Record<OutputName, string>> = {
    outcome: result.outcome,
    ownerId: result.ownerId ?? '',
    ownerEmail: result.ownerId === undefined ? asked.slice(0, MAX_ASKED_LENGTH) : (owner?.email ?? ''),
    ownerName: told === undefined ? '' : fullName(told),
    userId: owner?.userId ?? '',
    primaryTeamId: primaryTeam?.id ?? '',
    primaryTeamName: primaryTeam?.name ?? '',
    previousOwnerId: result.previousOwnerId ?? '',
    substitutedFor: result.substitutedFor ?? '',
    resolvedFrom: result.resolvedFrom ?? '',
    ownerDataAgeSeconds: result.ownerDataAgeSeconds === undefined ? '' : String(result.ownerDataAgeSeconds),
    errorCode: result.errorCode ?? '',
    errorMessage: result.errorCode === undefined ? '' : sentence(result, asked, about, installUrl),
  };
  const declared = OUTPUT_FIELDS.map(({ name }) => [name, toOutputValue(values[name] ?? '')] as const);
  return Object.fromEntries([
    ...declared,
    ['hs_execution_state', result.outcome === 'FAILED' ? 'FAIL_CONTINUE' : 'SUCCESS'],
  ]) as OutputFields;
}

function sentence(result: ActionResult, asked: string, about: readonly Owner[], installUrl: string): string {
  if (result.errorCode === undefined) return '';
  const text = errorMessage(result.errorCode, {
    asked: asked.slice(0, MAX_ASKED_LENGTH),
    people: about.map((owner) => fullName(owner) || (owner.email ?? '')).join(', '),
    ownerIds: (result.aboutOwnerIds ?? []).join(', '),
    subject: result.subject ?? '',
    installUrl,
  });
  return result.hubspotCorrelationId === undefined
    ? text
    : `${text} HubSpot's correlation id: ${result.hubspotCorrelationId}.`;
}

/** Control characters break the history page and CSV exports; a lone surrogate half is not valid in JSON text. */
function toOutputValue(text: string): string {
  return text
    .slice(0, MAX_OUTPUT_LENGTH)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ');
}
