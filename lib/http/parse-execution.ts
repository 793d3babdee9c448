import { createHash } from 'node:crypto';
import type { ActionDefinition } from '../action/definition.ts';
import { type PortalId, readDigits } from '../domain/ids.ts';
import { asJsonObject, isAbsent, isJsonObject, type JsonObject } from '../domain/json-object.ts';
import { UnreadableRequestError } from './http-errors.ts';
import { FLAT_PORTAL, readJson, readPortalId } from './json-body.ts';

/** An execution as HubSpot posted it, with what every action needs from it already in our terms. */
export type Execution = {
  readonly portalId: PortalId;
  /** HubSpot's callback id, or one derived from what identifies the execution when that is missing or odd. */
  readonly executionId: string;
  /** What the execution can be completed by later; undefined when HubSpot's callback id is missing or odd. */
  readonly callbackId: string | undefined;
  /** HubSpot gave an id that no other execution has. Otherwise asking the same again looks like the same request again. */
  readonly hasStableId: boolean;
  /** When HubSpot signed the request, where that is proved. */
  readonly signedAtEpochMs?: number | undefined;
  readonly workflowId: string;
  /** What the execution asks for. The record's properties are left out: they may have changed between two deliveries. */
  readonly payloadHash: string;
  /** Undefined where a workflow is about an event, or an agent asks. */
  readonly record: { readonly objectId: unknown; readonly objectType: unknown } | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Declared inputs that are not text: a contract we do not know. */
  readonly unreadableInputs: readonly string[];
  /** The declared inputs, `''` when absent, null or empty: HubSpot does not document which of the three it sends. */
  readonly input: (name: string) => string;
};

const CALLBACK_ID = /^\w[\w.:-]{0,199}$/;
/** Callback ids begin with the portal (captures of May 2026, read 2026-11-23). An id of another form names none. */
const PORTAL_OF_CALLBACK = /^ap-(\d+)-/i;

/**
 * Reads the body of a signed execution.
 * @throws {UnreadableRequestError} when it is not UTF-8, not JSON, or not an execution of one portal
 */
export function parseExecution(body: Uint8Array, action: ActionDefinition): Execution {
  const read = readBody(body);
  const { origin, context, object, callbackId } = read;
  const portalId = readPortalId(origin.portalId ?? '', read.portalId);
  const callbackText = typeof callbackId === 'string' ? callbackId : '';
  if ((PORTAL_OF_CALLBACK.exec(callbackText)?.[1] ?? portalId) !== portalId) {
    throw new UnreadableRequestError('The callback id belongs to another portal', ['callbackId']);
  }

  // The inputs are the same map under its newer and its older name.
  const { inputFields = {}, fields = {} } = read;
  const own = (name: string) => ownValue(inputFields, name) ?? ownValue(fields, name) ?? '';
  const names = action.inputFields.map((field) => field.name);
  const payloadHash = hash([action.uid, portalId, object?.objectType, object?.objectId, ...names.map(own)]);
  const { enrollmentId, actionExecutionIndex } = asJsonObject(origin.actionExecutionIndexIdentifier);
  const knownCallbackId = CALLBACK_ID.test(callbackText) ? callbackText : undefined;
  return {
    portalId,
    executionId:
      knownCallbackId ??
      hash([payloadHash, context?.workflowId, context?.actionId, enrollmentId, actionExecutionIndex, callbackId]),
    callbackId: knownCallbackId,
    hasStableId: isId(callbackId) || isId(enrollmentId),
    workflowId: readDigits(context?.workflowId) ?? '',
    payloadHash,
    record: readRecord(object),
    properties: asJsonObject(object?.properties),
    unreadableInputs: names.filter((name) => typeof own(name) !== 'string'),
    input: (name) => {
      const value = own(name);
      return typeof value === 'string' ? value : '';
    },
  };
}

/**
 * Execution payload (custom workflow actions guide and captures of May 2026, read 2026-11-23). Unknown members are ignored.
 * By hand, because of what a schema library costs every cold start (docs/decisions/003-cold-start.md).
 */
function readBody(body: Uint8Array) {
  const document = readJson(body);
  if (!isJsonObject(document)) throw notAnExecution(['']);
  const { origin, context, object, inputFields, fields } = document;
  const wrong: string[] = [];
  if (document[FLAT_PORTAL] !== undefined) wrong.push(FLAT_PORTAL);
  if (!isJsonObject(origin)) wrong.push('origin');
  else if (!Object.hasOwn(origin, 'portalId')) wrong.push('origin.portalId');
  const parts = { context, object, 'object.properties': asJsonObject(object).properties, inputFields, fields };
  for (const [name, value] of Object.entries(parts)) if (!isAbsent(value) && !isJsonObject(value)) wrong.push(name);
  if (!isJsonObject(origin) || wrong.length > 0) throw notAnExecution(wrong);
  return {
    origin,
    portalId: document.portalId,
    callbackId: document.callbackId,
    context: objectOrNone(context),
    object: objectOrNone(object),
    inputFields: objectOrNone(inputFields),
    fields: objectOrNone(fields),
  };
}

/** An object that names nothing is none: how an event-based workflow says that it has no record is not documented. */
function readRecord({ objectId, objectType }: JsonObject = {}): Execution['record'] {
  const isNamed = [objectId, objectType].some((value) => !isAbsent(value) && value !== '' && value !== 0);
  return isNamed ? { objectId, objectType } : undefined;
}

function ownValue(values: JsonObject, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function objectOrNone(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

function notAnExecution(fields: readonly string[]): UnreadableRequestError {
  return new UnreadableRequestError('The body is not an execution', fields);
}

/** A number beyond the safe ones lost digits, and may be anybody's. */
function isId(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Number.isSafeInteger(value) && value !== 0;
}

/**
 * Looks at ids and texts only. Anything else in their place counts as nothing: no execution is run on it, and its nesting may
 * be deeper than the stack.
 */
function hash(parts: readonly unknown[]): string {
  const scalars = parts.map((part) => (typeof part === 'object' ? null : part));
  return createHash('sha256').update(JSON.stringify(scalars)).digest('hex');
}
