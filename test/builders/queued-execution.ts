import type { SetOwnerCommand } from '../../lib/domain/execution.ts';
import { BLOCK_MS, type QueuedExecution } from '../../lib/domain/execution.ts';
import type { LedgerDelivery } from '../../lib/ports/executions.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { makeRecordRef, PORTAL_A } from './ids.ts';

export function makeCommand(changes: Partial<SetOwnerCommand> = {}): SetOwnerCommand {
  return {
    portalId: PORTAL_A,
    workflowId: '1723456789',
    record: makeRecordRef(),
    ownerEmail: 'jane@example.com',
    ownerProperty: 'hubspot_owner_id',
    overwrite: 'ALWAYS',
    ifNotAssignable: 'FAIL',
    fallbackOwner: '',
    currentValue: '',
    firstSeenAtEpochMs: START_EPOCH_MS,
    isLate: false,
    ...changes,
  };
}

export function makeQueued({
  command = {},
  ...changes
}: Partial<Omit<QueuedExecution, 'command'>> & { command?: Partial<SetOwnerCommand> } = {}): QueuedExecution {
  const whole = makeCommand({ isLate: true, ...command });
  return {
    key: { portalId: whole.portalId, executionId: 'ap-8200001-63000000001-1-0' },
    payloadHash: 'a'.repeat(64),
    command: whole,
    queuedAtEpochMs: START_EPOCH_MS,
    expiresAtEpochMs: START_EPOCH_MS + BLOCK_MS,
    requeueCount: 0,
    refusals: 0,
    deadLetterCount: 0,
    ...changes,
  };
}

/** What one delivery says to the execution ledger. */
export function makeLedgerDelivery(writerId: string, changes: Partial<LedgerDelivery> = {}): LedgerDelivery {
  return {
    writerId,
    payloadHash: 'hash',
    sentAtEpochMs: START_EPOCH_MS,
    leaseMs: 15_000,
    lifetimeMs: 9 * 86_400_000,
    ...changes,
  };
}
