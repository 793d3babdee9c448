import { asJsonObject, parseJson } from '../domain/json-object.ts';
import { namesIn } from './batch-answer.ts';

/** HubSpot's text for a callback that it does not know (developer forum 2024-08, read 2026-11-26). The status varied. */
const NOT_FOUND = /^(?:not|could not be|cannot be) found/i;
/** The likely texts for one that no longer waits. */
const ENDED = /^(?:already (?:been )?completed|expired)/i;

export const saysNotFound = (document: unknown): boolean => saysOfCallback(document, NOT_FOUND);
/** HubSpot no longer waits for it. */
export const saysOver = (document: unknown): boolean => saysNotFound(document) || saysOfCallback(document, ENDED);

/** The statuses of something that is gone. */
export const GONE = new Set([404, 410]);

/** Words that may stand between “callback” and the phrase about it. IDs may, too. */
const FILLERS = new Set('s with id ids for app of the is was were are has have been in portal account'.split(' '));

/**
 * Whether a text of a reply says this of a callback, not of a field or a token in the same text. In one pass, because it may quote
 * megabytes of the request.
 */
function saysOfCallback(document: unknown, phrase: RegExp): boolean {
  return namesIn(document).some((text) => {
    const words = text.split(/[^\w/-]+/);
    return words.some((word, index) => {
      if (!/^callback(?:Id)?$/i.test(word)) return false;
      let next = index + 1;
      while (isFiller(words[next])) next += 1;
      return phrase.test(words.slice(next, next + 4).join(' '));
    });
  });
}

function isFiller(word: string | undefined): boolean {
  return word !== undefined && (FILLERS.has(word.toLowerCase()) || /\d/.test(word));
}

/**
 * HubSpot's error bodies. Every field is optional (error handling guide, read 2026-11-23), the body may be HTML, and the reason
 * may be JSON inside the message. Read in this order: `errors[].code`, the JSON in the message, `category`.
 */
export type HubSpotErrorBody = {
  /** Whether HubSpot itself wrote it: its edge and proxies answer with HTML pages or nothing (read 2026-11-26). */
  readonly isFromHubSpot: boolean;
  readonly category: string;
  /** Machine-readable reasons such as `INVALID_OWNER_ID`, the most specific first. */
  readonly codes: readonly string[];
  readonly policyName: string;
  /** Scopes that a 403 requires (`errors[].context.requiredGranularScopes`). */
  readonly requiredScopes: readonly string[];
  /** True if HubSpot says that it does not know the object type; it has no code for that. */
  readonly unknownObjectType: boolean;
  readonly correlationId: string | undefined;
};

/** As in "You have reached your daily limit." */
const MESSAGE_WITH_POLICY = /\byour (\w+) limit\b/i;
const MESSAGE_WITH_JSON = /^Property values were not valid:\s*(\[.*\])\s*$/s;
const CODE = /^[A-Z][A-Z0-9_]{1,80}$/;
const SCOPE = /^[a-z][a-z0-9._-]{1,80}$/;
const MAX_SCOPES = 10;
const CORRELATION_ID = /^[\w-]{1,64}$/;

export function readErrorBody(document: unknown): HubSpotErrorBody {
  const body = asJsonObject(document);
  const message = asText(body.message);
  const correlationId = asText(body.correlationId);
  const category = asText(body.category);
  const unknownObjectType = /^unable to infer object type/i.test(message);
  return {
    isFromHubSpot: body.status === 'error' || category !== '' || correlationId !== '' || unknownObjectType,
    category,
    codes: [
      ...codesIn(body.errors, 'code'),
      ...codesIn(parseJson(MESSAGE_WITH_JSON.exec(message)?.[1] ?? ''), 'error'),
    ],
    policyName: (asText(body.policyName) || MESSAGE_WITH_POLICY.exec(message)?.[1] || '').toUpperCase(),
    requiredScopes: scopesIn(body.errors),
    unknownObjectType,
    correlationId: CORRELATION_ID.test(correlationId) ? correlationId : undefined,
  };
}

function codesIn(list: unknown, field: string): string[] {
  if (!Array.isArray(list)) return [];
  return list.map((entry) => asText(asJsonObject(entry)[field])).filter((code) => CODE.test(code));
}

function scopesIn(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  const scopes = errors.flatMap((error) => asJsonObject(asJsonObject(error).context).requiredGranularScopes);
  return [...new Set(scopes.map(asText).filter((scope) => SCOPE.test(scope)))].slice(0, MAX_SCOPES);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
