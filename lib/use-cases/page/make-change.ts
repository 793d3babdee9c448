import { type AliasName, MAX_ALIASES } from '../../domain/alias.ts';
import type { ChangeAnswer } from '../../domain/change.ts';
import type { Deadline } from '../../domain/deadline.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { AliasTarget, OwnerRef } from '../../domain/owner-ref.ts';
import type { SyncQueue } from '../../ports/queue.ts';
import type { Said, SetAlias, SetSuccessor } from '../../ports/steps.ts';
import type { Aliases } from '../../ports/store.ts';
import type { Now } from '../../ports/telemetry.ts';
import type { Changed } from './change-once.ts';

export type MakeChangeDeps = {
  readonly setSuccessor: SetSuccessor;
  readonly setAlias: SetAlias;
  readonly aliases: Pick<Aliases, 'list'>;
  readonly queue: Pick<SyncQueue, 'send'>;
  readonly newRunId: () => string;
  readonly now: Now;
};

/** The changes that an admin may make on the page: the same as an operator's, by the same rules. */
export function createMakeChange({ setSuccessor, setAlias, aliases, queue, newRunId, now }: MakeChangeDeps) {
  return { nameSuccessor, saveAlias, removeAlias, refresh };

  async function nameSuccessor(
    portalId: PortalId,
    leaverId: OwnerId,
    successor: OwnerRef | 'nobody',
    deadline: Deadline,
  ): Promise<Changed> {
    const leaver = { kind: 'ownerId', ownerId: leaverId } as const;
    const result = await setSuccessor({ portalId, leaver, successor }, deadline);
    const { successorOwnerId } = result;
    return {
      change: {
        action: successor === 'nobody' ? 'removeSuccessor' : 'setSuccessor',
        leaverId,
        ...(successorOwnerId !== undefined && { successorId: successorOwnerId }),
      },
      answer: toAnswer(result),
    };
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
    deadline: Deadline,
  ): Promise<Changed> {
    const name = (await aliases.list(portalId)).slice(0, MAX_ALIASES).find(isMeant);
    if (name === undefined) {
      const answer = { status: 'refused', code: 'ALIAS_NOT_FOUND', message: 'There is no such alias.' } as const;
      return { change: { action: 'removeAlias' }, answer };
    }
    const result = await setAlias({ portalId, alias: name, to: 'nobody' }, deadline);
    return { change: { action: 'removeAlias', alias: name.alias }, answer: toAnswer(result) };
  }

  async function refresh(portalId: PortalId): Promise<Changed> {
    const job = { portalId, runId: newRunId(), requestedAtEpochMs: now(), force: false, continuations: 0 };
    await queue.send([{ job, delaySeconds: 0 }]);
    return { change: { action: 'refresh' }, answer: { status: 'queued' } };
  }
}

function toAnswer({ status, reason, message }: Said): ChangeAnswer {
  return { status, ...(reason !== undefined && { code: reason }), ...(message !== undefined && { message }) };
}
