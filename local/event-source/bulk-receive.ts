import type { SQSRecord } from 'aws-lambda';

/** The maximum that one ReceiveMessage returns (SQS API reference, read 2026-11-23). */
const MAX_RECEIVE = 10;

/** This many at once save most of the waiting. Messages beyond the batch's 6 MB stay in memory meanwhile. */
const MAX_PARALLEL = 8;

export type Receive = (max: number) => Promise<readonly SQSRecord[]>;

/**
 * Receives more than one call returns. Starts with one call, and doubles while all of them are full: a backlog is fetched in few
 * rounds, and a nearly empty queue is not asked more often than needed.
 */
export function createBulkReceive(receiveOnce: Receive): Receive {
  let parallel = 1;
  return async (max) => {
    const count = Math.min(parallel, Math.ceil(max / MAX_RECEIVE));
    const sizes = Array.from({ length: count }, (_, index) => Math.min(MAX_RECEIVE, max - index * MAX_RECEIVE));
    const rounds = await Promise.all(sizes.map(receiveOnce));
    const records = rounds.flat();
    const cameBackFull = rounds.every(({ length }, index) => length === sizes[index]);
    parallel = cameBackFull ? Math.min(parallel * 2, MAX_PARALLEL) : 1;
    return records;
  };
}
