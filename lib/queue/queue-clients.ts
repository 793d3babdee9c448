import { SQSClient } from '@aws-sdk/client-sqs';

/** The bundles hold no other way of the SDK to retry. */
const RETRIES = { retryMode: 'standard' } as const;

/** A client for a call that a person waits on. The nightly run makes up for a queue that does not answer. */
export function createQueueClient(): SQSClient {
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };
  return new SQSClient({ ...RETRIES, maxAttempts: 2, requestHandler });
}

/** A client for work that nobody waits on. Without time-outs, a connection that broke unnoticed would keep the function to its end. */
export function createPatientQueueClient(): SQSClient {
  const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
  return new SQSClient({ ...RETRIES, requestHandler });
}
