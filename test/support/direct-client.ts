import { setImmediate } from 'node:timers/promises';
import type { DynamoDBClient, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import type { AskEngine } from './worker-engine.ts';

type Operation = Readonly<Record<'namespace' | 'traits' | 'input' | 'output', unknown>> & { readonly name: string };
type Context = {
  readonly __smithy_context: { readonly operationSchema: readonly [9, unknown, string, unknown, unknown, unknown] };
};
type Body = Uint8Array | string;
type Response = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};
/** As far as it is used here: what the SDK makes of commands, and of answers. */
type Protocol = {
  setSerdeContext(config: object): void;
  serializeRequest(operation: Operation, input: object, config: object): Promise<{ readonly body: Body }>;
  deserializeResponse(operation: Operation, config: object, response: Response): Promise<ServiceOutputTypes>;
};

/**
 * The client writes requests and reads answers, errors too, as it always does. What comes between is for AWS and for the
 * network, and is most of its work: endpoints, credentials, signatures, retries. Middleware that looks at the input or at the
 * output of a command is asked as before.
 */
export function askDirectly(client: DynamoDBClient, askEngine: AskEngine): void {
  const protocol = client.config.protocol as unknown as Protocol;
  const config = { ...client.config, endpoint: async () => undefined };
  protocol.setSerdeContext(config);
  client.middlewareStack.add(
    (_next, context) => {
      const { operationSchema } = (context as unknown as Context).__smithy_context;
      const [, namespace, name, traits, input, output] = operationSchema;
      const operation = { namespace, name, traits, input, output };
      return async (args) => {
        const request = await protocol.serializeRequest(operation, args.input, config);
        // Not within the same turn, as if it went over the network.
        await setImmediate();
        const { statusCode, body } = await askEngine(name, read(request.body));
        const response = { statusCode, headers: {}, body: Buffer.from(body) };
        return { response, output: await protocol.deserializeResponse(operation, config, response) };
      };
    },
    { step: 'initialize', priority: 'low', name: 'askDirectly' },
  );
}

function read(body: Body): string {
  return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}
