import { type Alias, type AliasName, MAX_ALIASES, makesChain } from '../../domain/alias.ts';
import { isOwnHolder } from '../../domain/choose-owner.ts';
import type { Deadline } from '../../domain/deadline.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { isAssignable } from '../../domain/owner.ts';
import type { OwnerRef } from '../../domain/owner-ref.ts';
import type { NoteChange } from '../../ports/page.ts';
import type { EnsureConnected } from '../../ports/portals.ts';
import type { OwnerResolver, SetAliasCommand } from '../../ports/steps.ts';
import type { Aliases } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';
import { createFindPerson } from './find-person.ts';
import { type ChangeResult, permanentErrorAsRefusal, refused, refuseUnfound, whyNot } from './refusal.ts';

export type SetAliasResult = ChangeResult<{
  /** With `removed` the former owner; absent if there was no such alias. */
  readonly ownerId: OwnerId;
  readonly ownerEmail: string;
  readonly toDomain: string;
}>;

type AddressName = Extract<AliasName, { readonly kind: 'address' }>;

export type SetAliasDeps = Needs<'now' | 'log'> & {
  /** Without successors and aliases. */
  readonly resolver: OwnerResolver;
  readonly aliases: Aliases;
  readonly ensureConnected: EnsureConnected;
  readonly noteChange?: NoteChange;
};

/**
 * Sets or removes the target of an address or a former domain. Safe to repeat. Nothing is stored unless `status` is `set`. It
 * counts from the next execution on. An address of an active person is refused, because it leads to that person.
 * @throws temporary failures, such as an outage of HubSpot or the table
 */
export function createSetAlias({ resolver, aliases, ensureConnected, noteChange, now, log }: SetAliasDeps) {
  const findPerson = createFindPerson(resolver);

  return async function setAlias(command: SetAliasCommand, deadline: Deadline): Promise<SetAliasResult> {
    const { portalId, alias: name, to } = command;
    const result: SetAliasResult = await permanentErrorAsRefusal<SetAliasResult>(async () => {
      await ensureConnected(portalId, deadline);
      const standing = await aliases.list(portalId);
      const was = standing.find(({ alias }) => alias === name.alias);
      if (to === 'nobody') {
        await aliases.remove(portalId, name);
        return { status: 'removed', ...(was && leadsTo(was)) };
      }
      if (was === undefined && standing.length >= MAX_ALIASES) {
        return refused('TOO_MANY_ALIASES', `A portal may have ${MAX_ALIASES} aliases.`);
      }
      if (name.kind === 'domain') {
        if (to.kind !== 'domain') return refused('ALIAS_TARGET_INVALID', 'A domain leads to another domain.');
        if (makesChain(name.alias, to.domain, standing)) {
          return refused('ALIAS_LOOP', 'A domain leads to itself, or to one that leads on.');
        }
        await aliases.set(portalId, { ...name, toDomain: to.domain, setAtEpochMs: now() });
        return { status: 'set', toDomain: to.domain };
      }
      if (to.kind === 'domain') return refused('ALIAS_TARGET_INVALID', 'An address leads to a person.');
      return setAddress(portalId, name, to, deadline);
    });
    if (result.status !== 'refused') {
      const action = result.status === 'set' ? 'setAlias' : 'removeAlias';
      await noteChange?.(portalId, { action, alias: name.alias });
    }
    log.info('alias answered', { portalId, kind: name.kind, status: result.status, reason: result.reason });
    return result;
  };

  async function setAddress(
    portalId: PortalId,
    name: AddressName,
    to: OwnerRef,
    deadline: Deadline,
  ): Promise<SetAliasResult> {
    const found = await findPerson(portalId, to, deadline);
    if (found.kind !== 'found') return refuseUnfound('to', found);
    const person = found.owner;
    const about = { ownerId: person.id, ...(person.email !== undefined && { ownerEmail: person.email }) };
    if (!isAssignable(person)) {
      return refused('ALIAS_PERSON_NOT_ACTIVE', `Field "to": ${whyNot(person)}.`, about);
    }
    if (await isTaken(portalId, name, deadline)) {
      return refused('ALIAS_IS_TAKEN', 'An active person has this address, and it leads to them.', about);
    }
    await aliases.set(portalId, { kind: 'address', alias: name.alias, ownerId: person.id, setAtEpochMs: now() });
    return { status: 'set', ...about };
  }

  /** Asks HubSpot, because the refusal must be up to date. */
  async function isTaken(portalId: PortalId, { alias, input }: AddressName, deadline: Deadline): Promise<boolean> {
    const resolution = await resolver.lookUpLive(portalId, alias, deadline, input);
    const holders = resolution.kind === 'assignable' ? [resolution.owner] : resolution.about;
    return holders.some((owner) => isOwnHolder(alias, owner));
  }
}

/** Where it led; empty if there was no such alias. */
function leadsTo(alias: Alias) {
  return alias.kind === 'address' ? { ownerId: alias.ownerId } : { toDomain: alias.toDomain };
}
