import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import type { RunningServices } from './global-teardown.ts';

/** Two DynamoDB engines for the whole run; each test file makes tables of its own in them. */
export default async function globalSetup(): Promise<void> {
  process.env.AWS_REGION = 'eu-central-1';
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
  process.env.LOG_LEVEL = 'DEBUG';
  process.env.TEST_SCRATCH_DIR = mkdtempSync(join(tmpdir(), 'set-owner-by-email-'));

  const dynalite = await startEmbeddedDynamoDb();
  const dynamoDbLocal = await startDynamoDbLocal();
  process.env.TEST_DYNALITE_ENDPOINT = dynalite.endpoint;
  if (dynamoDbLocal.kind === 'running') process.env.TEST_DYNAMODB_LOCAL_ENDPOINT = dynamoDbLocal.endpoint;
  else process.env.TEST_DYNAMODB_LOCAL_ABSENT = dynamoDbLocal.reason;
  const services: RunningServices = { dynalite, dynamoDbLocal };
  Object.assign(globalThis, { runningServices: services });
}
