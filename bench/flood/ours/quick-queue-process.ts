import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { SET_OWNER_BY_EMAIL } from '../../../lib/action/definition.ts';
import { waitingOutputs } from '../../../lib/action/output-fields.ts';
import { loadSetOwnerConfig } from '../../../lib/config/load-config.ts';
import { readSsmSecrets } from '../../../lib/config/secrets.ts';
import { createEmailCipher } from '../../../lib/crypto/email-cipher.ts';
import { BLOCK_DURATION, BLOCK_MS, type QueuedExecution } from '../../../lib/domain/execution.ts';
import { parseExecution } from '../../../lib/http/parse-execution.ts';
import { respondWithOutputs } from '../../../lib/http/respond.ts';
import { readSetOwnerCommand } from '../../../lib/http/set-owner-command.ts';
import { createExecutionQueue } from '../../../lib/queue/execution-queue.ts';
import { INITIAL_DELAY_SECONDS } from '../../../lib/use-cases/executions/set-or-enqueue.ts';
import { answerQuestions, parentChannel } from './channel.ts';
import { NOTHING_USED } from './setup.ts';

/**
 * Queues executions in the place of the action, ten to a call and with no entry in the ledger: where a scene is about the
 * workers, filling the queue is not to take most of its time. The worker sees no difference.
 */
const TOGETHER = 10;

const config = await loadSetOwnerConfig(process.env, readSsmSecrets);
const queue = createExecutionQueue(config.assignQueueUrl, createEmailCipher(config.secrets));
const { headers, body: blockBody } = respondWithOutputs(waitingOutputs(BLOCK_DURATION));
type Waiting = { readonly execution: QueuedExecution; readonly done: (isQueued: boolean) => void };
let waiting: Waiting[] = [];

const server = createServer(async (request, response) => {
  const execution = toQueued(Buffer.from(await text(request)));
  const isQueued = await new Promise<boolean>((done) => {
    waiting.push({ execution, done });
    if (waiting.length === TOGETHER) void flush();
    else if (waiting.length === 1) setTimeout(() => void flush(), 20);
  });
  response.writeHead(isQueued ? 200 : 503, headers).end(isQueued ? blockBody : '{}');
});

process.on('message', (_message, handle) => {
  if (handle !== undefined) server.listen(handle as Server);
});
answerQuestions(parentChannel(), { listen: () => undefined, ready: () => true, usage: () => NOTHING_USED });

async function flush(): Promise<void> {
  const batch = waiting;
  waiting = [];
  if (batch.length === 0) return;
  const delayed = batch.map(({ execution }) => ({ execution, delaySeconds: INITIAL_DELAY_SECONDS }));
  const unsent = await queue.send(delayed).catch(() => delayed.map(({ execution }) => execution));
  for (const { execution, done } of batch) done(!unsent.includes(execution));
}

function toQueued(body: Uint8Array): QueuedExecution {
  const delivered = parseExecution(body, SET_OWNER_BY_EMAIL);
  const reading = readSetOwnerCommand(delivered);
  if (reading.kind === 'refused') throw new Error('the flood holds nothing that is refused');
  const { portalId, executionId, payloadHash } = delivered;
  const queuedAtEpochMs = Date.now();
  const expiresAtEpochMs = queuedAtEpochMs + BLOCK_MS;
  const key = { portalId, executionId };
  const command = { ...reading.command, firstSeenAtEpochMs: queuedAtEpochMs, isLate: true };
  const untried = { requeueCount: 0, refusals: 0, deadLetterCount: 0 };
  return { key, payloadHash, command, queuedAtEpochMs, expiresAtEpochMs, ...untried };
}
