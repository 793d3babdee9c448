import { type AttributeValue, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { farthestEpochMs } from '../domain/ages.ts';
import { StoreUnavailableError } from '../domain/errors.ts';
import type { Now } from '../ports/telemetry.ts';

/** The one table: keys `pk` and `sk`, and the attribute of DynamoDB's TTL (epoch seconds, a number). */
export type Table = { readonly client: DynamoDBClient; readonly tableName: string };
export type Item = Record<string, AttributeValue>;

/**
 * The SDK builds its middleware once for each kind of command instead of for every call. The bundles contain only this retry mode
 * of the SDK.
 */
export const CLIENT_OPTIONS = { cacheMiddleware: true, retryMode: 'standard' } as const;

/**
 * A client for calls that a workflow waits for. The SDK's default is to try for 3.2 seconds before it gives up on a throttled
 * table. Here, two short tries must be enough, because there is an alternative: a live lookup, or a 503.
 */
export function createTableClient(options: { readonly requestTimeoutMs?: number } = {}): DynamoDBClient {
  const { requestTimeoutMs = 300 } = options;
  return new DynamoDBClient({
    ...CLIENT_OPTIONS,
    maxAttempts: 2,
    requestHandler: timeouts(200, requestTimeoutMs),
  });
}

/** A client for work that nobody waits for, such as writing thousands of rows: it gives a busy table time. */
export function createPatientTableClient(): DynamoDBClient {
  return new DynamoDBClient({
    ...CLIENT_OPTIONS,
    maxAttempts: 6,
    requestHandler: timeouts(2_000, 5_000),
  });
}

function timeouts(
  connectionTimeout: number,
  requestTimeout: number,
): NonNullable<DynamoDBClientConfig['requestHandler']> {
  return { connectionTimeout, requestTimeout, throwOnRequestTimeout: true };
}

/** Runs a DynamoDB call. Every error except a failed condition means that the table is unavailable. */
export async function sendToTable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') throw cause;
    throw new StoreUnavailableError('the table could not be used', { cause });
  }
}

/** TTL is in whole seconds; DynamoDB never deletes an item whose attribute is a string or in milliseconds. */
export function toEpochSeconds(epochMs: number): { N: string } {
  return { N: String(Math.ceil(epochMs / 1000)) };
}

export function readNumber(item: Item, name: string): number | undefined {
  const text = item[name]?.N;
  return text === undefined ? undefined : Number(text);
}

export function toNumber(value: number): { N: string } {
  return { N: String(value) };
}

export function farthestTime(now: Now): { N: string } {
  return toNumber(farthestEpochMs(now()));
}
