import type { Deadline } from '../../domain/deadline.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { OwnerRef } from '../../domain/owner-ref.ts';
import { findChainFault, followSuccessors, MAX_SUCCESSION_HOPS } from '../../domain/successor.ts';
import type { NoteChange } from '../../ports/page.ts';
import type { EnsureConnected } from '../../ports/portals.ts';
import type { OwnerResolver, SetSuccessorCommand } from '../../ports/steps.ts';
import type { Successors } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';
import { createFindPerson } from './find-person.ts';
import { type ChangeResult, permanentErrorAsRefusal, refused, refuseUnfound, whyNot } from './refusal.ts';

export type SetSuccessorResult = ChangeResult<{
  readonly leaverOwnerId: OwnerId;
  readonly leaverEmail: string;
  /** The successor; with `removed` the former one, absent if there was none. */
  readonly successorOwnerId: OwnerId;
  readonly successorEmail: string;
}>;

export type SetSuccessorDeps = Needs<'now' | 'log'> & {
  /** Without successors and aliases: it must find the leaver, not who stands in for them. */
  readonly resolver: OwnerResolver;
  readonly successors: Successors;
  readonly ensureConnected: EnsureConnected;
  readonly noteChange?: NoteChange;
};

/**
 * Names the successor of a leaver, or removes them. The leaver may still be active: the successor counts after the deactivation.
 * Safe to repeat. Nothing is stored unless `status` is `set`.
 *
 * The chain is read before it is written, so two operators who name A → B and B → A at the same time can both succeed. The damage
 * is small: such a chain ends at the loop, and the email counts as deactivated until one of the two is changed or removed.
 * @throws temporary failures, such as an outage of HubSpot or the table
 */
export function createSetSuccessor(deps: SetSuccessorDeps) {
  const { resolver, successors, ensureConnected, noteChange, now, log } = deps;
  const findPerson = createFindPerson(resolver);

  return async function setSuccessor(command: SetSuccessorCommand, deadline: Deadline): Promise<SetSuccessorResult> {
    const result: SetSuccessorResult = await permanentErrorAsRefusal<SetSuccessorResult>(async () => {
      // Checks only the configuration: a removal must work while HubSpot is down.
      await ensureConnected(command.portalId, deadline);
      return command.successor === 'nobody'
        ? remove(command, deadline)
        : name({ ...command, successor: command.successor }, deadline);
    });
    const { status, reason, leaverOwnerId, successorOwnerId } = result;
    if (status !== 'refused' && leaverOwnerId !== undefined) {
      const action = status === 'set' ? 'setSuccessor' : 'removeSuccessor';
      await noteChange?.(command.portalId, { action, leaverId: leaverOwnerId });
    }
    log.info('successor answered', { portalId: command.portalId, status, reason, leaverOwnerId, successorOwnerId });
    return result;
  };

  async function name(
    { portalId, leaver, successor }: SetSuccessorCommand & { readonly successor: OwnerRef },
    deadline: Deadline,
  ): Promise<SetSuccessorResult> {
    const leaving = await findOne(portalId, 'leaver', leaver, deadline);
    if ('status' in leaving) return leaving;
    const coming = await findOne(portalId, 'successor', successor, deadline);
    if ('status' in coming) return coming;

    const people = { ...describeLeaver(leaving), ...describeSuccessor(coming) };
    if (coming.id === leaving.id) return refused('SUCCESSOR_LOOP', 'Nobody can be their own successor.', people);
    const findSuccessorId = (id: OwnerId) => successors.findSuccessorId(portalId, id);
    const fault = await findChainFault(leaving.id, coming.id, findSuccessorId);
    if (fault === 'loop') return refused('SUCCESSOR_LOOP', "The successor's own chain leads to the leaver.", people);
    if (fault === 'tooLong') {
      return refused('SUCCESSOR_CHAIN_TOO_LONG', `At most ${MAX_SUCCESSION_HOPS} successors are followed.`, people);
    }
    const succession = await followSuccessors(
      leaving.id,
      async (id) => (id === leaving.id ? coming.id : findSuccessorId(id)),
      async (id) => (id === coming.id ? coming : resolver.resolvePresentOwner(portalId, id, deadline)),
    );
    if (succession.kind !== 'found') {
      const message = `Field "successor": ${whyNot(coming)}, and nobody active follows.`;
      return refused('SUCCESSOR_NOT_ACTIVE', message, people);
    }
    await successors.setSuccessor(portalId, leaving.id, coming.id, now());
    return { status: 'set', ...people };
  }

  async function remove({ portalId, leaver }: SetSuccessorCommand, deadline: Deadline): Promise<SetSuccessorResult> {
    const leaving =
      leaver.kind === 'ownerId'
        ? { id: leaver.ownerId, email: undefined }
        : await findOne(portalId, 'leaver', leaver, deadline);
    if ('status' in leaving) return leaving;
    const successorOwnerId = await successors.findSuccessorId(portalId, leaving.id);
    await successors.removeSuccessor(portalId, leaving.id);
    return {
      status: 'removed',
      ...describeLeaver(leaving),
      ...(successorOwnerId !== undefined && { successorOwnerId }),
    };
  }

  async function findOne(
    portalId: PortalId,
    field: Field,
    ref: OwnerRef,
    deadline: Deadline,
  ): Promise<Owner | SetSuccessorResult> {
    const found = await findPerson(portalId, ref, deadline);
    return found.kind === 'found' ? found.owner : refuseUnfound(field, found);
  }
}

type Field = 'leaver' | 'successor';

function describeLeaver({ id, email }: Pick<Owner, 'id' | 'email'>) {
  return { leaverOwnerId: id, ...(email !== undefined && { leaverEmail: email }) };
}

function describeSuccessor({ id, email }: Owner) {
  return { successorOwnerId: id, ...(email !== undefined && { successorEmail: email }) };
}
