import type { Deadline } from '../../domain/deadline.ts';
import { type PortalId, parseUserId } from '../../domain/ids.ts';
import { asJsonObject, isAbsent } from '../../domain/json-object.ts';
import type { SettingsUser, SettingsUsers } from '../../ports/hubspot.ts';
import type { SendForPortal } from '../client.ts';
import { parseReply } from '../read-reply.ts';

const API = 'the users settings';
/** User provisioning is generally available on this train; a 2026-09 path is not confirmed (OpenAPI, read 2026-11-23). */
const USERS_PATH = '/settings/users/2026-03';

/** Users in the account's settings, by exact email (`idProperty=EMAIL`) or by user ID. */
export function createSettingsUsers(send: SendForPortal, apiBaseUrl: string): SettingsUsers {
  return {
    findByEmail: (portalId, email, deadline) => find(portalId, email, 'EMAIL', deadline),
    findById: (portalId, userId, deadline) => find(portalId, userId, 'USER_ID', deadline),
  };

  async function find(
    portalId: PortalId,
    value: string,
    idProperty: 'EMAIL' | 'USER_ID',
    deadline: Deadline,
  ): Promise<SettingsUser | undefined> {
    const url = `${apiBaseUrl}${USERS_PATH}/${encodeURIComponent(value)}?idProperty=${idProperty}`;
    const headers = { accept: 'application/json' };
    const reply = await send(portalId, { method: 'GET', url, headers }, deadline, { scopeIsOptional: true });
    if (reply.status === 404) return undefined;
    return parseReply(reply, readUser, API);
  }
}

/**
 * The SDK's model of a user lacks the seats, so the raw reply is read. Roles, teams and seats are optional: if they are wrong,
 * the user and the super admin flag are still valid.
 */
function readUser(document: unknown): SettingsUser | undefined {
  const { id, superAdmin, roleIds, primaryTeamId, secondaryTeamIds, seatNames } = asJsonObject(document);
  const userId = parseUserId(id);
  if (userId === undefined || !(isAbsent(superAdmin) || typeof superAdmin === 'boolean')) return undefined;
  return {
    userId,
    superAdmin: superAdmin === true,
    roleIds: readTexts(roleIds),
    primaryTeamId: readTexts([primaryTeamId])[0] ?? '',
    secondaryTeamIds: readTexts(secondaryTeamIds),
    seatNames: readTexts(seatNames),
  };
}

/** IDs are numbers in some documents and texts in others. */
function readTexts(values: unknown): string[] {
  if (!Array.isArray(values)) return [];
  return values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
}
