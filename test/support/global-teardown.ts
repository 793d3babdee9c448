import { rmSync } from 'node:fs';
import type { EmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import type { DynamoDbLocal } from './dynamodb-local.ts';

export type RunningServices = { readonly dynalite: EmbeddedDynamoDb; readonly dynamoDbLocal: DynamoDbLocal };

export default async function globalTeardown(): Promise<void> {
  const { dynalite, dynamoDbLocal } = (globalThis as unknown as { runningServices: RunningServices }).runningServices;
  await dynalite.close();
  if (dynamoDbLocal.kind === 'running') dynamoDbLocal.stop();
  const scratch = process.env.TEST_SCRATCH_DIR;
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
}
