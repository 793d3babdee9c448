import { SQSClient } from '@aws-sdk/client-sqs';

/** The bundles contain only this retry mode of the SDK. */
const RETRIES = { retryMode: 'standard' } as const;

/** A client for a call that a person waits for. If the queue does not answer, the nightly run catches up. */
export function createQueueClient(): SQSClient {
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };
  return new SQSClient({ ...RETRIES, maxAttempts: 2, requestHandler });
}

/**
 * A client for work that nobody waits for. Without time-outs, a connection that broke unnoticed would block the function until
 * its end.
 */
export function createPatientQueueClient(): SQSClient {
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
  return new SQSClient({ ...RETRIES, requestHandler });
}
