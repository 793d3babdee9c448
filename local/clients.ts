import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Environment } from './environment.ts';

/** Clients with the same settings that the functions get from their environment. */
export function localDynamoDbClient(environment: Environment): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    region: environment.AWS_REGION ?? '',
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
}

/** For the queue, which must exist before the environment names it. */
export function localSqsClient(endpoint: string, given: (name: string) => string | undefined): SQSClient {
  return new SQSClient({
    endpoint,
    region: given('AWS_REGION') ?? 'eu-central-1',
    credentials: {
      accessKeyId: given('AWS_ACCESS_KEY_ID') ?? 'local',
      secretAccessKey: given('AWS_SECRET_ACCESS_KEY') ?? 'local',
    },
  });
}
