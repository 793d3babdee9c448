import * as z from 'zod/mini';
import { type PortalId, parseUserId } from '../../domain/ids.ts';
import type { SettingsUser, SettingsUsers } from '../../ports/hubspot.ts';
import type { SendForPortal } from '../client.ts';
import { parseReply, unknownShape } from '../sdk-requests.ts';

const API = 'the users settings';
/** User provisioning is generally available on this train; a 2026-09 path is not confirmed (OpenAPI, read 2026-11-23). */
const USERS_PATH = '/settings/users/2026-03';

const texts = z._default(z.nullable(z.array(z.string())), []);
const text = z._default(z.nullable(z.string()), '');
/** The SDK's model of a user lacks the seats, so the reply is read as it is. */
const settingsUser = z.object({
  id: z.union([z.string(), z.number()]),
  superAdmin: z._default(z.nullable(z.boolean()), false),
  roleIds: texts,
  primaryTeamId: text,
  secondaryTeamIds: texts,
  seatNames: texts,
});

/** Users as the account's settings know them, by exact email (`idProperty=EMAIL`) or by user id. */
export function createSettingsUsers(send: SendForPortal, apiBaseUrl: string): SettingsUsers {
  return {
    findByEmail: (portalId, email, deadlineEpochMs) => find(portalId, email, 'EMAIL', deadlineEpochMs),
    findById: (portalId, userId, deadlineEpochMs) => find(portalId, userId, 'USER_ID', deadlineEpochMs),
  };

  async function find(
    portalId: PortalId,
    value: string,
    idProperty: 'EMAIL' | 'USER_ID',
    deadlineEpochMs: number,
  ): Promise<SettingsUser | undefined> {
    const url = `${apiBaseUrl}${USERS_PATH}/${encodeURIComponent(value)}?idProperty=${idProperty}`;
    const headers = { accept: 'application/json' };
    const reply = await send(portalId, { method: 'GET', url, headers }, deadlineEpochMs, { scopeIsOptional: true });
    if (reply.status === 404) return undefined;
    const { id, superAdmin, roleIds, primaryTeamId, secondaryTeamIds, seatNames } = parseReply(
      reply,
      (document) => settingsUser.safeParse(document).data,
      API,
    );
    const userId = parseUserId(id);
    if (userId === undefined) throw unknownShape(API);
    return {
      userId,
      superAdmin: superAdmin ?? false,
      roleIds: roleIds ?? [],
      primaryTeamId: primaryTeamId ?? '',
      secondaryTeamIds: secondaryTeamIds ?? [],
      seatNames: seatNames ?? [],
    };
  }
}
