import { HANDOVER_UNDO_MS } from '../../domain/ages.ts';
import { viewHandover } from '../../domain/handover-view.ts';
import type { OwnerId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { ListedHandover } from '../../use-cases/page/list-handovers.ts';
import type { HttpEvent } from '../http-event.ts';
import { personOf } from './render.ts';
import { type Asker, readLimit, readStart } from './request.ts';
import type { PortalServices } from './services.ts';

/** HubSpot's limit is 1 MB. A plan with many object types and properties takes tens of kilobytes. */
const MAX_PAGE_BYTES = 700_000;

/** The newest first, up to the requested number and the size limit. */
export async function listHandovers(services: PortalServices, { portalId }: Asker, event: HttpEvent) {
  const { handovers, nightly, lastNight, owners } = await services.listHandovers(portalId);
  const start = readStart(event);
  const end = start + readLimit(event);
  const entries: ReturnType<typeof renderHandover>[] = [];
  let bytes = 0;
  for (const listed of handovers.slice(start, end)) {
    const entry = renderHandover(listed, owners, services.now());
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (entries.length > 0 && bytes > MAX_PAGE_BYTES) break;
    entries.push(entry);
  }
  const next = start + entries.length;
  return {
    entries,
    nightly: nightly.map((id) => personOf(id, owners)),
    lastNight: lastNight.map(({ leaverOwnerId, ...counts }) => ({
      leaver: personOf(leaverOwnerId, owners),
      ...counts,
    })),
    ...(next < handovers.length && { after: String(next) }),
  };
}

function renderHandover({ handover, digest }: ListedHandover, owners: ReadonlyMap<OwnerId, Owner>, nowEpochMs: number) {
  const { leaverOwnerId: _leaver, targetOwnerId: _target, ...view } = viewHandover(handover, digest);
  const { leaverId, target, plannedAtEpochMs, maxCalls } = handover;
  const endsAtEpochMs = plannedAtEpochMs + HANDOVER_UNDO_MS;
  const isOpen = nowEpochMs <= endsAtEpochMs;
  return {
    ...view,
    leaver: personOf(leaverId, owners),
    ...(target !== '' && { target: personOf(target, owners) }),
    isNightly: maxCalls !== undefined,
    endsAt: new Date(endsAtEpochMs).toISOString(),
    canStart: isOpen && view.canStart,
    canUndo: isOpen && view.canUndo,
  };
}
