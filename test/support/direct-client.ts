import type { DynamoDBClient, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import type { DirectHandler, Request, Response } from './direct-handler.ts';

type Operation = Readonly<Record<'namespace' | 'name' | 'traits' | 'input' | 'output', unknown>>;
type Context = { readonly __smithy_context: { readonly operationSchema: readonly unknown[] } };
/** As far as it is used here: what the SDK makes of commands, and of answers. */
type Protocol = {
  setSerdeContext(config: object): void;
  serializeRequest(operation: Operation, input: object, config: object): Promise<Request>;
  deserializeResponse(operation: Operation, config: object, response: Response): Promise<ServiceOutputTypes>;
};

/** The engines look whether there is a signature, not at it. */
export const UNSIGNED = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/**
 * The client writes requests and reads answers, errors too, as it always does. What comes between is for AWS and for the
 * network, and is most of its work: endpoints, credentials, signatures, retries. Middleware that looks at the input or at the
 * output of a command is asked as before.
 */
export function askDirectly(client: DynamoDBClient, engine: DirectHandler): void {
  const protocol = client.config.protocol as unknown as Protocol;
  const config = { ...client.config, endpoint: async () => undefined };
  protocol.setSerdeContext(config);
  client.middlewareStack.add(
    (_next, context) => {
      const [, namespace, name, traits, input, output] = (context as unknown as Context).__smithy_context
        .operationSchema;
      const operation = { namespace, name, traits, input, output };
      return async (args) => {
        const request = await protocol.serializeRequest(operation, args.input, config);
        Object.assign(request.headers, UNSIGNED);
        const { response } = await engine.handle(request);
        return { response, output: await protocol.deserializeResponse(operation, config, response) };
      };
    },
    { step: 'initialize', priority: 'low', name: 'askDirectly' },
  );
}
