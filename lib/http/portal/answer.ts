import { renderOutputs } from '../../action/render-outputs.ts';
import { DAY_MS } from '../../domain/ages.ts';
import { type Deadline, noLaterThan } from '../../domain/deadline.ts';
import { readOwnerEmail } from '../../domain/email.ts';
import { type OwnerId, parseOwnerId } from '../../domain/ids.ts';
import { permanentErrorAsResult } from '../../domain/result.ts';
import type { Log } from '../../ports/telemetry.ts';
import type { HttpEvent, HttpResult } from '../http-event.ts';
import { json } from '../respond.ts';
import { change } from './change.ts';
import { toCsv } from './csv.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { listHandovers } from './handovers.ts';
import {
  renderAlias,
  renderChange,
  renderListedPerson,
  renderLookup,
  renderOverview,
  renderUnresolved,
} from './render.ts';
import { type Asker, readAfter, readAsker, readBody, readLimit, readParameter, readStart } from './request.ts';
import { findRoute } from './routes.ts';
import type { PortalServices } from './services.ts';

/** A part of the file, about 200 kB. */
const CSV_ROWS = 500;
/** The page is correct without it, so the overview does not wait long for HubSpot. */
const PROOF_MS = 4_000;

/** Answers a signed request of the settings page. Every user of the account may read, its super admins may change. */
export async function answerPortal(
  services: PortalServices,
  log: Log,
  event: HttpEvent,
  deadline: Deadline,
): Promise<HttpResult> {
  const asker = readAsker(event);
  const route = findRoute(event);
  log.info('page asked', { portalId: asker.portalId, userId: asker.userId, what: route.kind });
  switch (route.kind) {
    case 'showOverview':
      return json(200, await showOverview(services, asker, deadline));
    case 'listUnresolved':
      return json(200, await listUnresolved(services, asker, event));
    case 'listPeople':
      return json(200, await listPeople(services, asker, event));
    case 'listAliases':
      return json(200, await listAliases(services, asker, event));
    case 'listChanges':
      return json(200, await listChanges(services, asker, event));
    case 'listHandovers':
      return json(200, await listHandovers(services, asker, event));
    case 'lookUp':
      return json(200, await lookUp(services, asker, event, deadline));
    default:
      return json(200, await change(services, asker, route, event, deadline));
  }
}

async function showOverview(services: PortalServices, asker: Asker, deadline: Deadline) {
  const { now, installUrl, refreshHourUtc } = services;
  const until = noLaterThan(deadline, now() + PROOF_MS);
  const overview = await services.showOverview(asker.portalId, asker.userId, until);
  const tonight = now() - (now() % DAY_MS) + (refreshHourUtc * DAY_MS) / 24;
  const nextRefreshAtEpochMs = tonight > now() ? tonight : tonight + DAY_MS;
  return renderOverview(asker, overview, { installUrl, nextRefreshAtEpochMs });
}

async function listUnresolved({ listUnresolved, cursorCipher }: PortalServices, { portalId }: Asker, event: HttpEvent) {
  const isCsv = readParameter(event, 'format') === 'csv';
  const after = readCursor(cursorCipher, portalId, readParameter(event, 'after'));
  const { entries, last } = await listUnresolved(portalId, after, isCsv ? CSV_ROWS : readLimit(event));
  const more = last !== undefined && { after: writeCursor(cursorCipher, portalId, last) };
  return isCsv
    ? { csv: toCsv(entries, after === undefined), ...more }
    : { entries: entries.map(renderUnresolved), ...more };
}

async function listPeople({ listPeople }: PortalServices, { portalId }: Asker, event: HttpEvent) {
  const after = readAfter(event, parseOwnerId);
  const { entries, ...more } = await listPeople(portalId, after, readLimit(event));
  return { entries: entries.map((entry) => renderListedPerson(portalId, entry)), ...more };
}

async function listAliases({ listAliases, people }: PortalServices, { portalId }: Asker, event: HttpEvent) {
  const { page, more } = slice(await listAliases(portalId), event);
  const ids = page.flatMap((one) => (one.kind === 'address' ? [one.ownerId] : []));
  const owners = await people.findPresentOwners(portalId, ids);
  return { entries: page.map((one) => renderAlias(portalId, one, owners)), ...more };
}

async function listChanges({ listChanges, people }: PortalServices, { portalId }: Asker, event: HttpEvent) {
  const { page, more } = slice(await listChanges(portalId), event);
  const ids = page.flatMap(({ change: { leaverId, successorId, ownerId } }) => [leaverId, successorId, ownerId]);
  const [owners, users] = await Promise.all([
    people.findOwners(
      portalId,
      ids.filter((id) => id !== undefined),
    ),
    people.findUsers(
      portalId,
      page.map(({ userId }) => userId),
    ),
  ]);
  return { entries: page.map((one) => renderChange(one, owners, users.get(one.userId))), ...more };
}

/** The lists are short enough to be read as a whole; a page is a part of one. */
function slice<T>(
  all: readonly T[],
  event: HttpEvent,
): { readonly page: readonly T[]; readonly more: { after?: string } } {
  const start = readStart(event);
  const end = start + readLimit(event);
  return { page: all.slice(start, end), more: all.length > end ? { after: String(end) } : {} };
}

async function lookUp(services: PortalServices, { portalId }: Asker, event: HttpEvent, deadline: Deadline) {
  const { ensureConnected, findOwner, findKnownOwner, people, installUrl } = services;
  const { email: ownerEmail } = readBody(event, 'lookup');
  await ensureConnected(portalId, deadline);
  const result = await permanentErrorAsResult(() => findOwner({ portalId, ownerEmail }, deadline));
  const outputs = await renderOutputs(findKnownOwner, portalId, result, ownerEmail, installUrl);
  const reading = readOwnerEmail(ownerEmail);
  const email = reading.kind === 'email' ? reading.email : undefined;
  const { ownerId, substitutedFor, aboutOwnerIds = [] } = result;
  const ids: OwnerId[] = [ownerId, substitutedFor, ...aboutOwnerIds].filter((id) => id !== undefined);
  return renderLookup(email, result, outputs, await people.findOwners(portalId, ids));
}
