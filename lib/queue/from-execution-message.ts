import * as z from 'zod/mini';
import { IF_NOT_ASSIGNABLE, OVERWRITE } from '../domain/assignment.ts';
import type { QueuedExecution } from '../domain/execution.ts';
import { parseObjectId, parseObjectType, parsePortalId } from '../domain/ids.ts';
import type { EmailCipher } from '../ports/queue.ts';

/** A message contains its format, so that a new deployment understands messages of the old one. */
const VERSION = 1;

const assignBody = z.object({
  version: z.literal(VERSION),
  portalId: z.string(),
  callbackId: z.string().check(z.minLength(1)),
  payloadHash: z.string(),
  workflowId: z.string(),
  objectType: z.string(),
  objectId: z.string(),
  sealedEmail: z.string(),
  ownerProperty: z.string().check(z.minLength(1)),
  overwrite: z.enum(OVERWRITE),
  ifNotAssignable: z.enum(IF_NOT_ASSIGNABLE),
  fallbackOwner: z.string(),
  queuedAtEpochMs: z.number().check(z.gt(0)),
  blockEndsAtEpochMs: z.number().check(z.gt(0)),
  returns: z.number().check(z.gte(0)),
  // Messages of earlier versions lack these.
  firstSeenAtEpochMs: z.optional(z.number().check(z.gt(0))),
  refusals: z._default(z.number().check(z.gte(0)), 0),
  completion: z.optional(z.enum(['pending', 'unconfirmed'])),
  strandings: z._default(z.number().check(z.gte(0)), 0),
});

/**
 * The content of a message. It is in a separate file from the writer: the action only writes, and would build the schema at each
 * of its cold starts.
 */
export type AssignBody = z.input<typeof assignBody>;

/** The email is empty if the secret that encrypted it is gone. */
export type ReadExecution = { readonly execution: QueuedExecution; readonly isEmailReadable: boolean };

/** @throws if this version does not understand the body */
export function fromExecutionMessage(body: string, emailCipher: EmailCipher): ReadExecution {
  const parsed = assignBody.parse(JSON.parse(body));
  const portalId = parsePortalId(parsed.portalId);
  const objectType = parseObjectType(parsed.objectType);
  const objectId = parseObjectId(parsed.objectId);
  if (portalId === undefined || objectType === undefined || objectId === undefined) {
    throw new Error('the message names no record of a portal');
  }
  const { payloadHash, queuedAtEpochMs, blockEndsAtEpochMs, returns, refusals, completion, strandings } = parsed;
  const { workflowId, ownerProperty, overwrite, ifNotAssignable, fallbackOwner } = parsed;
  const ownerEmail = tryToOpen(() => emailCipher.decrypt(portalId, parsed.sealedEmail));
  const execution: QueuedExecution = {
    key: { portalId, executionId: parsed.callbackId },
    payloadHash,
    command: {
      portalId,
      workflowId,
      record: { objectType, objectId },
      ownerEmail: ownerEmail ?? '',
      ownerProperty,
      overwrite,
      ifNotAssignable,
      fallbackOwner,
      currentValue: undefined,
      firstSeenAtEpochMs: parsed.firstSeenAtEpochMs ?? queuedAtEpochMs,
      isLate: true,
    },
    queuedAtEpochMs,
    expiresAtEpochMs: blockEndsAtEpochMs,
    requeueCount: returns,
    refusals,
    completion,
    deadLetterCount: strandings,
  };
  return { execution, isEmailReadable: ownerEmail !== undefined };
}

function tryToOpen(open: () => string): string | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
