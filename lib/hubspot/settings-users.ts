import * as z from 'zod/mini';
import { UpstreamContractError } from '../domain/errors.ts';
import { parseUserId } from '../domain/ids.ts';
import type { SettingsUsers } from '../domain/settings-user.ts';
import type { SendForPortal } from './portal-client.ts';

/** User provisioning is generally available on this train; a 2026-09 path is not confirmed (OpenAPI, read 2026-11-23). */
const USERS_PATH = '/settings/users/2026-03';

const texts = z._default(z.nullable(z.array(z.string())), []);
const text = z._default(z.nullable(z.string()), '');
/** The SDK's model of a user lacks the seats, so the reply is read as it is. */
const settingsUser = z.object({
  id: z.string(),
  superAdmin: z._default(z.nullable(z.boolean()), false),
  roleIds: texts,
  primaryTeamId: text,
  secondaryTeamIds: texts,
  seatNames: texts,
});

/** Users as the account's settings know them, by exact email (`idProperty=EMAIL`). */
export function createSettingsUsers(send: SendForPortal, apiBaseUrl: string): SettingsUsers {
  return {
    async findByEmail(portalId, email, deadlineEpochMs) {
      const url = `${apiBaseUrl}${USERS_PATH}/${encodeURIComponent(email)}?idProperty=EMAIL`;
      const headers = { accept: 'application/json' };
      const reply = await send(portalId, { method: 'GET', url, headers }, deadlineEpochMs, { scopeIsOptional: true });
      if (reply.status === 404) return undefined;
      if (reply.status !== 200) throw new UpstreamContractError(`the users settings answered with ${reply.status}`);
      const parsed = settingsUser.safeParse(parseJson(reply.body));
      const userId = parseUserId(parsed.data?.id);
      if (!parsed.success || userId === undefined) {
        throw new UpstreamContractError('the users settings answered in an unknown shape');
      }
      const { superAdmin, roleIds, primaryTeamId, secondaryTeamIds, seatNames } = parsed.data;
      return {
        userId,
        superAdmin: superAdmin ?? false,
        roleIds: roleIds ?? [],
        primaryTeamId: primaryTeamId ?? '',
        secondaryTeamIds: secondaryTeamIds ?? [],
        seatNames: seatNames ?? [],
      };
    },
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
