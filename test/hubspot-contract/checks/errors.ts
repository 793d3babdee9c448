import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { ACCOUNT, type Ground, OWNER } from '../ground.ts';
import { OBJECTS } from '../made-records.ts';
import { NotRun, type Observation } from '../observation.ts';
import { asList, asObject, describeAnswer, describeRefusal } from '../words.ts';

/** Fifteen digits, which no account has reached. */
const UNKNOWN_RECORD = '999999999999999';
/** Just fits HubSpot's integer. */
const LARGE_OWNER_ID = '2147483640';
const OBJECT_ERRORS = 'object APIs and error handling guide, read 2026-11-23';
const NOT_FOUND = '404 in HubSpot’s words';
const REFUSED_OWNER = '400 INVALID_OWNER_ID';

/** A scope each; an app that needs nothing but its step lacks most of them. */
const SCOPED_PATHS = [
  '/settings/users/2026-03/1',
  `${OBJECTS}/0-115?limit=1`,
  `${OBJECTS}/0-136?limit=1`,
  `${OBJECTS}/0-5?limit=1`,
  `${OBJECTS}/0-3?limit=1`,
];

async function writeOwner(ground: Ground, value: string, property = OWNER): Promise<Observation> {
  const { api, records } = ground;
  return describeRefusal(await api.patch(records.pathOf(await records.make()), { properties: { [property]: value } }));
}

/** Reading and updating one record that is not there. */
async function describeAbsent({ api, records }: Ground, id: string): Promise<Observation> {
  const read = describeAnswer(await api.get(records.pathOf(id)));
  const update = describeAnswer(await api.patch(records.pathOf(id), { properties: { [OWNER]: '' } }));
  if (read.seen === update.seen) return update;
  return { seen: `${read.seen} when read, ${update.seen} when updated` };
}

export const errorChecks: readonly ObservedCheck[] = [
  {
    id: 'unknown-token',
    title: 'A token that HubSpot does not know is answered with 401 in HubSpot’s own words',
    source: 'error handling guide, read 2026-11-23',
    accepts: ['401 in HubSpot’s words'],
    observe: async ({ api }) => describeAnswer(await api.as('made-up-token').get(ACCOUNT)),
  },
  {
    id: 'missing-scope',
    title: 'A call without its scope is answered with 403 MISSING_SCOPES',
    source: 'error handling guide, read 2026-11-23',
    accepts: ['403 MISSING_SCOPES that names scopes', '403 MISSING_SCOPES that names none'],
    async observe({ api }) {
      for (const path of SCOPED_PATHS) {
        const { status, json } = await api.get(path);
        if (status !== 403) continue;
        const { category, errors } = asObject(json);
        const contexts = asList(errors).map((error) => asObject(asObject(error).context));
        const isNamed = contexts.some(({ requiredGranularScopes }) => asList(requiredGranularScopes).length > 0);
        if (category !== 'MISSING_SCOPES') return { seen: '403 of another category' };
        return { seen: `403 MISSING_SCOPES that names ${isNamed ? 'scopes' : 'none'}` };
      }
      throw new NotRun('needs a token that lacks a scope');
    },
  },
  {
    id: 'unknown-record',
    title: 'A record that never was is answered with 404 in HubSpot’s own words, not with a page',
    source: NOT_DOCUMENTED,
    accepts: [NOT_FOUND],
    observe: (ground) => describeAbsent(ground, UNKNOWN_RECORD),
  },
  {
    id: 'deleted-record',
    title: 'A deleted record is answered with 404 in HubSpot’s own words, not with a page',
    source: NOT_DOCUMENTED,
    accepts: [NOT_FOUND],
    async observe(ground) {
      const id = await ground.records.make();
      await ground.records.remove(id);
      return describeAbsent(ground, id);
    },
  },
  {
    id: 'unknown-object-type',
    title: 'An object type that the account does not have is answered with 400 and words that say so',
    source: NOT_DOCUMENTED,
    accepts: ['400 that says so'],
    async observe({ api }) {
      const answer = await api.get(`${OBJECTS}/no_such_type/${UNKNOWN_RECORD}`);
      const isSaid = /^unable to infer object type/i.test(String(asObject(answer.json).message));
      return isSaid ? { seen: `${answer.status} that says so` } : describeAnswer(answer);
    },
  },
  {
    id: 'unknown-owner-id',
    title: 'An owner ID that the account does not have is answered with 400 INVALID_OWNER_ID',
    source: OBJECT_ERRORS,
    accepts: [REFUSED_OWNER],
    async observe(ground) {
      const known = new Set(
        [...(await ground.owners('active')), ...(await ground.owners('archived'))].map(({ id }) => id),
      );
      if (known.has(LARGE_OWNER_ID)) throw new NotRun(`needs an account without an owner ${LARGE_OWNER_ID}`);
      return writeOwner(ground, LARGE_OWNER_ID);
    },
  },
  {
    id: 'owner-id-too-large',
    title: 'An owner ID that is no 32-bit integer is answered with 400 and one of two codes',
    source: NOT_DOCUMENTED,
    accepts: ['400 INVALID_INTEGER', REFUSED_OWNER],
    observe: (ground) => writeOwner(ground, '99999999999'),
  },
  {
    id: 'user-id-as-owner',
    title: 'A user ID in an owner property is answered with 400 INVALID_OWNER_ID',
    source: 'owners guide, read 2026-11-23',
    accepts: [REFUSED_OWNER],
    async observe(ground) {
      const owners = [...(await ground.owners('active')), ...(await ground.owners('archived'))];
      const ids = new Set(owners.map(({ id }) => id));
      const user = owners.find(({ userId }) => userId !== '' && !ids.has(userId));
      if (user === undefined) throw new NotRun('needs an owner whose user ID is nobody’s owner ID');
      return writeOwner(ground, user.userId);
    },
  },
  {
    id: 'unknown-property',
    title: 'A property that the object does not have is answered with 400 PROPERTY_DOESNT_EXIST',
    source: OBJECT_ERRORS,
    accepts: ['400 PROPERTY_DOESNT_EXIST'],
    observe: (ground) => writeOwner(ground, '1', 'no_such_property_of_a_contract_test'),
  },
];
