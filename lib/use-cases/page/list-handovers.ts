import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { StoredHandover } from '../../ports/handovers.ts';
import type { People } from '../../ports/page.ts';
import type { AllHandovers, createControlHandover } from '../handovers/control-handover.ts';

export type ListHandoversDeps = {
  readonly control: Pick<ReturnType<typeof createControlHandover>, 'listAll' | 'digest'>;
  readonly people: Pick<People, 'findOwners'>;
};

export type ListedHandover = { readonly handover: StoredHandover; readonly digest: string };

export type ListedHandovers = Omit<AllHandovers, 'handovers'> & {
  /** The newest first. */
  readonly handovers: readonly ListedHandover[];
  readonly owners: ReadonlyMap<OwnerId, Owner>;
};

/** The handovers of the last month, the leavers with nightly handovers, and the people in them. */
export function createListHandovers({ control, people }: ListHandoversDeps) {
  return async function listHandovers(portalId: PortalId): Promise<ListedHandovers> {
    const { handovers, nightly, lastNight } = await control.listAll(portalId);
    const targets = handovers.flatMap(({ target }) => (target === '' ? [] : [target]));
    const leavers = [
      ...handovers.map(({ leaverId }) => leaverId),
      ...lastNight.map(({ leaverOwnerId }) => leaverOwnerId),
    ];
    const ids = new Set([...nightly, ...targets, ...leavers]);
    return {
      handovers: handovers.map((handover) => ({ handover, digest: control.digest(handover) })),
      nightly,
      lastNight,
      owners: await people.findOwners(portalId, [...ids]),
    };
  };
}
