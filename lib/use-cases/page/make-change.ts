import { type AliasName, readAliasName } from '../../domain/alias.ts';
import type { ChangeAnswer } from '../../domain/change.ts';
import type { Deadline } from '../../domain/deadline.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { AliasTarget, OwnerRef } from '../../domain/owner-ref.ts';
import { newRefreshJob } from '../../domain/owner-sync.ts';
import type { SyncQueue } from '../../ports/queue.ts';
import type { Said, SetAlias, SetSuccessor } from '../../ports/steps.ts';
import type { Aliases, Successors } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';
import type { Changed, Draft } from './change-once.ts';

export type MakeChangeDeps = Needs<'now' | 'newId'> & {
  readonly setSuccessor: SetSuccessor;
  readonly setAlias: SetAlias;
  readonly aliases: Pick<Aliases, 'list'>;
  readonly successors: Pick<Successors, 'findSuccessorId'>;
  readonly queue: Pick<SyncQueue, 'send'>;
};

/** The changes that an admin may make on the page: the same as an operator's, by the same rules. */
export function createMakeChange(deps: MakeChangeDeps) {
  const { setSuccessor, setAlias, aliases, successors, queue, newId, now } = deps;
  return { nameSuccessor, removeSuccessor, saveAlias, removeAlias, refresh };

  async function nameSuccessor(
    portalId: PortalId,
    leaverId: OwnerId,
    successor: OwnerRef,
    deadline: Deadline,
  ): Promise<Changed> {
    const leaver = { kind: 'ownerId', ownerId: leaverId } as const;
    const result = await setSuccessor({ portalId, leaver, successor }, deadline);
    const { successorOwnerId } = result;
    return {
      change: {
        action: 'setSuccessor',
        leaverId,
        ...(successorOwnerId !== undefined && { successorId: successorOwnerId }),
      },
      answer: toAnswer(result),
    };
  }

  async function removeSuccessor(
    portalId: PortalId,
    leaverId: OwnerId,
    draft: Draft,
    deadline: Deadline,
  ): Promise<Changed> {
    const leaver = { kind: 'ownerId', ownerId: leaverId } as const;
    const successorId = (await successors.findSuccessorId(portalId, leaverId)) ?? draft.was?.successorId;
    const change = { action: 'removeSuccessor', leaverId, ...(successorId !== undefined && { successorId }) } as const;
    await draft.save(change);
    return { change, answer: toAnswer(await setSuccessor({ portalId, leaver, successor: 'nobody' }, deadline)) };
  }

  async function saveAlias(portalId: PortalId, name: AliasName, to: AliasTarget, deadline: Deadline): Promise<Changed> {
    const result = await setAlias({ portalId, alias: name, to }, deadline);
    const { ownerId, toDomain } = result;
    return {
      change: {
        action: 'setAlias',
        alias: name.alias,
        ...(ownerId !== undefined && { ownerId }),
        ...(toDomain !== undefined && { toDomain }),
      },
      answer: toAnswer(result),
    };
  }

  /** @param isMeant the alias to remove, as a URL names it */
  async function removeAlias(
    portalId: PortalId,
    isMeant: (name: AliasName) => boolean,
    draft: Draft,
    deadline: Deadline,
  ): Promise<Changed> {
    const was = readAliasName(draft.was?.alias);
    const name = [...(await aliases.list(portalId)), ...(was === undefined ? [] : [was])].find(isMeant);
    if (name === undefined) {
      const answer = { status: 'refused', code: 'ALIAS_NOT_FOUND', message: 'There is no such alias.' } as const;
      return { change: { action: 'removeAlias' }, answer };
    }
    const change = { action: 'removeAlias', alias: name.alias } as const;
    await draft.save(change);
    const result = await setAlias({ portalId, alias: name, to: 'nobody' }, deadline);
    return { change, answer: toAnswer(result) };
  }

  async function refresh(portalId: PortalId): Promise<Changed> {
    const job = newRefreshJob({ portalId, runId: newId(), requestedAtEpochMs: now() });
    await queue.send([{ job, delaySeconds: 0 }]);
    return { change: { action: 'refresh' }, answer: { status: 'queued' } };
  }
}

function toAnswer({ status, reason, message }: Said): ChangeAnswer {
  return { status, ...(reason !== undefined && { code: reason }), ...(message !== undefined && { message }) };
}
