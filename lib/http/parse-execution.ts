import { createHash } from 'node:crypto';
import type { ActionDefinition } from '../action/definition.ts';
import { type PortalId, readDigits } from '../domain/ids.ts';
import { asJsonObject, isAbsent, isJsonObject, type JsonObject } from '../domain/json-object.ts';
import { UnreadableRequestError } from './http-errors.ts';
import { FLAT_PORTAL, readJson, readPortalId } from './json-body.ts';

/** HubSpot's execution in our terms, with what every action needs from it. */
export type Execution = {
  readonly portalId: PortalId;
  /** HubSpot's callback ID. If that is missing or odd, an ID derived from what identifies the execution. */
  readonly executionId: string;
  /** The ID to complete the execution with later; undefined if HubSpot's callback ID is missing or odd. */
  readonly callbackId: string | undefined;
  /** HubSpot sent a unique ID. Otherwise a second, equal request looks like a repetition of the first. */
  readonly hasStableId: boolean;
  /** When HubSpot signed the request, if that is proven. */
  readonly signedAtEpochMs?: number | undefined;
  readonly workflowId: string;
  /** A hash of the request. It excludes the record's properties, because they may change between two deliveries. */
  readonly payloadHash: string;
  /** Undefined if a workflow is about an event, or an agent calls. */
  readonly record: { readonly objectId: unknown; readonly objectType: unknown } | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Declared inputs that are not text, which means an unknown format. */
  readonly unreadableInputs: readonly string[];
  /** The declared inputs, `''` if absent, null or empty: HubSpot does not document which of them it sends. */
  readonly input: (name: string) => string;
};

const CALLBACK_ID = /^\w[\w.:-]{0,199}$/;
/** Callback IDs begin with the portal (captures of May 2026, read 2026-11-23). An ID of another form contains none. */
const PORTAL_OF_CALLBACK = /^ap-(\d+)-/i;

/**
 * Reads the body of a signed execution.
 * @throws {UnreadableRequestError} if it is not UTF-8, not JSON, or not an execution of one portal
 */
export function parseExecution(body: Uint8Array, action: ActionDefinition): Execution {
  const read = readBody(body);
  const { origin, context, object, callbackId } = read;
  const portalId = readPortalId(origin.portalId ?? '', read.portalId);
  const callbackText = typeof callbackId === 'string' ? callbackId : '';
  if ((PORTAL_OF_CALLBACK.exec(callbackText)?.[1] ?? portalId) !== portalId) {
    throw new UnreadableRequestError('The callback id belongs to another portal', ['callbackId']);
  }

  // The same map of inputs under its newer and its older name, and with the types of its values.
  const { inputFields = {}, fields = {}, typedInputs } = read;
  const own = (name: string) =>
    ownValue(inputFields, name) ?? ownValue(fields, name) ?? asJsonObject(ownValue(typedInputs, name)).value ?? '';
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
 * Written by hand, because a schema library slows down every cold start (docs/decisions/003-cold-start.md).
 */
function readBody(body: Uint8Array) {
  const document = readJson(body);
  if (!isJsonObject(document)) throw notAnExecution(['']);
  const { origin, context, object, inputFields, fields, typedInputs } = document;
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
    typedInputs: asJsonObject(typedInputs),
  };
}

/** An object without IDs counts as no record: HubSpot does not document how an event-based workflow says that it has none. */
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

/** A number beyond the safe range lost digits, and may belong to anybody. */
function isId(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Number.isSafeInteger(value) && value !== 0;
}

/**
 * Hashes IDs and texts only. Other values count as nothing: no execution uses them, and they may be nested deeper than the stack.
 */
function hash(parts: readonly unknown[]): string {
  const scalars = parts.map((part) => (typeof part === 'object' ? null : part));
  return createHash('sha256').update(JSON.stringify(scalars)).digest('hex');
}
