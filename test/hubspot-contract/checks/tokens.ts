import type { Answer } from '../api.ts';
import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import type { Ground } from '../ground.ts';
import type { Observation } from '../observation.ts';
import { asObject } from '../words.ts';

const TOKEN = '/oauth/2026-09/token';
const PAGE = 'token endpoint, read 2026-11-23';

const clientOf = ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) => ({
  client_id: clientId,
  client_secret: clientSecret,
});

/** A refresh token may be good once: each run has one refresh, which the checks share. */
const refreshed = new WeakMap<Ground, Promise<Answer>>();

function refreshWith(ground: Ground, refreshToken: string): Promise<Answer> {
  const fields = { grant_type: 'refresh_token', ...clientOf(ground.credentials()), refresh_token: refreshToken };
  return ground.api.postForm(TOKEN, fields);
}

function refresh(ground: Ground): Promise<Answer> {
  const answer = refreshed.get(ground) ?? refreshWith(ground, ground.credentials().refreshToken);
  refreshed.set(ground, answer);
  return answer;
}

function introspect(ground: Ground, token: string): Promise<Answer> {
  const fields = { ...clientOf(ground.credentials()), token, token_type_hint: 'access_token' };
  return ground.api.postForm(`${TOKEN}/introspect`, fields);
}

/** The words of a refusal: HubSpot's own, and those of RFC 6749. */
function describeRefusal({ status, json }: Answer): Observation {
  const { error, status: word } = asObject(json);
  const isGone = word === 'BAD_REFRESH_TOKEN' || error === 'invalid_grant';
  const detail = [word === 'BAD_REFRESH_TOKEN' ? word : [], error === 'invalid_grant' ? error : []]
    .flat()
    .join(' and ');
  return isGone ? { seen: `${status} that the grant is gone`, detail } : { seen: `${status} without such a word` };
}

export const tokenChecks: readonly ObservedCheck[] = [
  {
    id: 'token-refresh',
    title: 'A refresh answers with an access token and its lifetime',
    source: PAGE,
    accepts: ['a token and its lifetime'],
    async observe(ground) {
      const { status, json } = await refresh(ground);
      const { access_token: token, expires_in: lifetime, hub_id: portalId } = asObject(json);
      if (typeof token !== 'string' || typeof lifetime !== 'number') return { seen: `${status} without one of them` };
      return { seen: 'a token and its lifetime', detail: portalId === undefined ? 'without hub_id' : 'with hub_id' };
    },
  },
  {
    id: 'token-refresh-keeps',
    title: 'A refresh may keep the refresh token or replace it',
    source: NOT_DOCUMENTED,
    accepts: ['the same refresh token', 'another refresh token', 'no refresh token'],
    async observe(ground) {
      const { status, json } = await refresh(ground);
      const { access_token: access, refresh_token: token } = asObject(json);
      if (typeof access !== 'string') return { seen: `${status} without an access token` };
      if (token === undefined) return { seen: 'no refresh token' };
      const isSame = token === ground.credentials().refreshToken;
      return { seen: isSame ? 'the same refresh token' : 'another refresh token' };
    },
  },
  {
    id: 'token-refresh-refused',
    title: 'A refresh token that HubSpot does not know is refused in words that tell it from a mistake in the app',
    source: PAGE,
    accepts: ['400 that the grant is gone'],
    observe: async (ground) => describeRefusal(await refreshWith(ground, 'made-up-refresh-token')),
  },
  {
    id: 'token-introspect',
    title: 'Introspection names the account of an access token, and perhaps its scopes',
    source: NOT_DOCUMENTED,
    accepts: ['active, with account and scopes', 'active, with account'],
    async observe(ground) {
      const { access_token: token } = asObject((await refresh(ground)).json);
      const { status, json } = await introspect(ground, String(token));
      const { active, hub_id: portalId, scopes } = asObject(json);
      if (active !== true) return { seen: `${status}, not active` };
      const parts = [portalId === undefined ? [] : 'account', Array.isArray(scopes) ? 'scopes' : []].flat();
      return { seen: `active, with ${parts.join(' and ') || 'neither account nor scopes'}` };
    },
  },
  {
    id: 'token-introspect-unknown',
    title: 'Introspection calls an unknown token inactive',
    source: PAGE,
    accepts: ['200, not active'],
    async observe(ground) {
      const { status, json } = await introspect(ground, 'made-up-access-token');
      return { seen: `${status}, ${asObject(json).active === false ? 'not active' : 'no word about it'}` };
    },
  },
];
