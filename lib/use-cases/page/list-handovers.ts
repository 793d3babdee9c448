import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { StoredHandover } from '../../ports/handovers.ts';
import type { People } from '../../ports/page.ts';
import type { createControlHandover } from '../handovers/control-handover.ts';

export type ListHandoversDeps = {
  readonly control: Pick<ReturnType<typeof createControlHandover>, 'list' | 'listNightly' | 'digest'>;
  readonly people: Pick<People, 'findOwners'>;
};

export type ListedHandover = { readonly handover: StoredHandover; readonly digest: string };

export type ListedHandovers = {
  /** The newest first. */
  readonly handovers: readonly ListedHandover[];
  readonly nightly: readonly OwnerId[];
  readonly owners: ReadonlyMap<OwnerId, Owner>;
};

/** The handovers of the last month, whose records go over every night, and who all these people are. */
export function createListHandovers({ control, people }: ListHandoversDeps) {
  return async function listHandovers(portalId: PortalId): Promise<ListedHandovers> {
    const [handovers, nightly] = await Promise.all([control.list(portalId), control.listNightly(portalId)]);
    const targets = handovers.flatMap(({ target }) => (target === '' ? [] : [target]));
    const ids = new Set([...nightly, ...targets, ...handovers.map(({ leaverId }) => leaverId)]);
    return {
      handovers: handovers.map((handover) => ({ handover, digest: control.digest(handover) })),
      nightly,
      owners: await people.findOwners(portalId, [...ids]),
    };
  };
}
