import type { Context, SQSEvent } from 'aws-lambda';
import { createHandler as createAssignHandler } from '../../../functions/assign-owners.ts';
import { createHandler as createStrandedHandler } from '../../../functions/fail-stranded.ts';
import { loadQueueConfig } from '../../../lib/config/load-config.ts';
import { readSsmSecrets } from '../../../lib/config/secrets.ts';
import { createTelemetry } from '../../../lib/observability/telemetry.ts';
import { createQueueRuntime } from '../../../lib/runtime/queue-runtime.ts';
import { answerQuestions, parentChannel } from './channel.ts';
import { createContainerWorld, readTokens } from './container-world.ts';

/** One container of the functions behind the queue: a process that works on one event at a time. */
const FUNCTION_TIMEOUT_MS = 60_000;

const { newWorld, usage } = createContainerWorld();
const telemetry = createTelemetry('bench');
const config = { ...(await loadQueueConfig(process.env, readSsmSecrets)), staticTokens: readTokens() };
const runtime = createQueueRuntime(config, telemetry, newWorld());
const handlers = {
  assignOwners: createAssignHandler(telemetry, async () => runtime),
  failStranded: createStrandedHandler(telemetry, async () => runtime),
};

answerQuestions(parentChannel(), {
  ready: () => true,
  usage,
  invoke({ name, event }: { readonly name: keyof typeof handlers; readonly event: SQSEvent }) {
    const startedAt = performance.now();
    const getRemainingTimeInMillis = () => FUNCTION_TIMEOUT_MS - (performance.now() - startedAt);
    return handlers[name](event, { awsRequestId: 'bench', getRemainingTimeInMillis } as Context);
  },
});
