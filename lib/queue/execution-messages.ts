import type { QueuedExecution } from '../domain/execution.ts';
import { parseOwnerId } from '../domain/ids.ts';
import type { EmailCipher } from '../ports/queue.ts';
import type { AssignBody } from './from-execution-message.ts';

/** SQS accepts far more, and bills by 64 kB. A longer message is not a normal execution of HubSpot. */
export const MAX_MESSAGE_BYTES = 1_024;

/** Replaces a text that is not an owner ID, because it may be anything, even an email. It only has to be an invalid ID. */
const NO_ID = '-';

export function toExecutionMessage(execution: QueuedExecution, emailCipher: EmailCipher): string {
  const { key, payloadHash, command, queuedAtEpochMs, expiresAtEpochMs: blockEndsAtEpochMs } = execution;
  const { requeueCount: returns, refusals, completion, deadLetterCount: strandings } = execution;
  const body: AssignBody = {
    version: 1,
    portalId: key.portalId,
    callbackId: key.executionId,
    payloadHash,
    workflowId: command.workflowId,
    objectType: command.record.objectType,
    objectId: command.record.objectId,
    sealedEmail: emailCipher.encrypt(key.portalId, command.ownerEmail),
    ownerProperty: command.ownerProperty,
    overwrite: command.overwrite,
    ifNotAssignable: command.ifNotAssignable,
    fallbackOwner: toIdText(command.fallbackOwner),
    queuedAtEpochMs,
    blockEndsAtEpochMs,
    returns,
    firstSeenAtEpochMs: command.firstSeenAtEpochMs,
    ...(refusals > 0 && { refusals }),
    completion,
    ...(strandings > 0 && { strandings }),
  };
  return JSON.stringify(body);
}

function toIdText(value: string): string {
  const text = value.trim();
  return text === '' || parseOwnerId(text) !== undefined ? text : NO_ID;
}
