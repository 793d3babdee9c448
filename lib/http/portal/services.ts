import type { Alias } from '../../domain/alias.ts';
import type { RecordedChange } from '../../domain/change.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { People } from '../../ports/page.ts';
import type { EnsureConnected } from '../../ports/portals.ts';
import type { EmailCipher } from '../../ports/queue.ts';
import type { FindOwner } from '../../ports/steps.ts';
import type { OwnerCache } from '../../ports/store.ts';
import type { Now } from '../../ports/telemetry.ts';
import type { createChangeHandover } from '../../use-cases/page/change-handover.ts';
import type { createChangeOnce } from '../../use-cases/page/change-once.ts';
import type { createListHandovers } from '../../use-cases/page/list-handovers.ts';
import type { createListPeople } from '../../use-cases/page/list-people.ts';
import type { createListUnresolved } from '../../use-cases/page/list-unresolved.ts';
import type { createMakeChange } from '../../use-cases/page/make-change.ts';
import type { createProveAdmin } from '../../use-cases/page/prove-admin.ts';
import type { createShowOverview } from '../../use-cases/page/show-overview.ts';

/** What the settings page needs. */
export type PortalServices = {
  readonly now: Now;
  /** Empty with a static token. */
  readonly installUrl: string;
  readonly refreshHourUtc: number;
  /** Encrypts the address at which a page ends, because a URL must not contain it. */
  readonly cursorCipher: EmailCipher;
  readonly ensureConnected: EnsureConnected;
  readonly findKnownOwner: OwnerCache['findByOwnerId'];
  readonly findOwner: FindOwner;
  readonly people: People;
  readonly listAliases: (portalId: PortalId) => Promise<readonly Alias[]>;
  readonly listChanges: (portalId: PortalId) => Promise<readonly RecordedChange[]>;
  readonly proveAdmin: ReturnType<typeof createProveAdmin>;
  readonly showOverview: ReturnType<typeof createShowOverview>;
  readonly listUnresolved: ReturnType<typeof createListUnresolved>;
  readonly listPeople: ReturnType<typeof createListPeople>;
  readonly listHandovers: ReturnType<typeof createListHandovers>;
  readonly changeOnce: ReturnType<typeof createChangeOnce>;
  readonly makeChange: ReturnType<typeof createMakeChange>;
  readonly changeHandover: ReturnType<typeof createChangeHandover>;
};
