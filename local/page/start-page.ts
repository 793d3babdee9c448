import { localSqsClient } from '../clients.ts';
import { stackFile } from '../running/stack-folder.ts';
import type { LocalStack } from '../stack.ts';
import { createDeskHandlers } from './desk-handlers.ts';
import { type PageServer, startPageServer } from './page-server.ts';

/** Serves the settings page and the workbench over a stack on the simulator; there is none over a real HubSpot. */
export async function startPage(
  { url, environment, folder, simulation, refresh }: LocalStack,
  given: (name: string) => string | undefined,
): Promise<PageServer | undefined> {
  if (simulation === undefined) return undefined;
  const assignQueueUrl = environment.ASSIGN_QUEUE_URL ?? '';
  const sqs = localSqsClient(environment.AWS_ENDPOINT_URL_SQS ?? '', given);
  const handlers = createDeskHandlers({
    simulator: simulation.simulator,
    url,
    publicUrl: environment.PUBLIC_BASE_URL ?? url,
    clientSecret: environment.HUBSPOT_CLIENT_SECRET ?? '',
    logFile: stackFile(folder.path, 'log'),
    sqs,
    assignQueueUrl,
    deadLetterUrl: `${assignQueueUrl}-dead`,
    refresh: refresh.run,
  });
  const server = await startPageServer(handlers);
  return {
    url: server.url,
    async close() {
      await server.close();
      sqs.destroy();
    },
  };
}
