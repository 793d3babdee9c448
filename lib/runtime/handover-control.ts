import { createHash, randomUUID } from 'node:crypto';
import type { HandoverQueue } from '../ports/queue.ts';
import { createChangeLog } from '../store/change-log.ts';
import { createHandovers } from '../store/handovers.ts';
import { createControlHandover } from '../use-cases/handovers/control-handover.ts';
import { createFindTarget } from '../use-cases/handovers/find-target.ts';
import { createFindPerson } from '../use-cases/operator/find-person.ts';
import type { createOwnerResolution } from './owner-resolution.ts';
import type { Platform } from './platform.ts';

type Owners = Pick<ReturnType<typeof createOwnerResolution>, 'table' | 'hubspot' | 'plainResolver' | 'successors'>;

/** Wires the requests about handovers, for operators and the settings page alike. */
export function wireHandoverControl(
  { table, hubspot, plainResolver, successors }: Owners,
  queue: HandoverQueue,
  { now, newId }: Pick<Platform, 'now' | 'newId'>,
  by: 'admin' | 'operator',
) {
  return createControlHandover({
    handovers: createHandovers(table, now, newId),
    queue,
    findPerson: createFindPerson(plainResolver),
    findTarget: createFindTarget(successors, plainResolver.resolvePresentOwner),
    ensureConnected: hubspot.tokens.getToken,
    noteChange: by === 'operator' ? createChangeLog(table, now).note : undefined,
    now,
    newId: randomUUID,
    digestOf: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
  });
}
