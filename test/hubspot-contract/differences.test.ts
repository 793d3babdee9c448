import { CHECKS } from './all-checks.ts';
import { type AlteringProxy, type Passing, startAlteringProxy } from './altering-proxy.ts';
import { createApi } from './api.ts';
import { createGround } from './ground.ts';
import { runCheck } from './run-checks.ts';
import { type OpenGround, openGround, PORTAL_ID, TOKEN } from './use-ground.ts';

let open: OpenGround;
let proxy: AlteringProxy;

beforeEach(async () => {
  open = await openGround();
});

afterEach(async () => {
  await proxy.close();
  await open.simulator.close();
});

const EARLIER = '2020-01-01T00:00:00.000Z';

/** A change of the text of those replies whose method and path match. */
const replace = (where: RegExp, what: RegExp, by: string) => (passing: Passing) =>
  where.test(`${passing.method} ${passing.path}`) ? { ...passing, text: passing.text.replace(what, by) } : passing;

const refuse = (where: RegExp, status: number) => (passing: Passing) =>
  where.test(`${passing.method} ${passing.path}`) ? { ...passing, status, text: '{"status":"error"}' } : passing;

it.each<[string, string, string, (passing: Passing) => Passing]>([
  [
    'ends its pages too early',
    'owner-pages',
    'one page in spite of a smaller limit',
    replace(/owners/, /,"paging":.*\}\}/, ''),
  ],
  [
    'repeats an owner on each page',
    'owner-pages',
    'not each owner once',
    replace(/owners.*limit=1/, /"id":"\d+"/, '"id":"5"'),
  ],
  [
    'lists archived owners as active',
    'owner-listings',
    'archived owners beside others',
    replace(/owners/, /"archived":true/g, '"archived":false'),
  ],
  [
    'knows no deactivated owner by ID',
    'archived-owner-by-id',
    '404 in HubSpot’s words, and 404 in HubSpot’s words with archived=true',
    refuse(/owners\/2026-09\/\d/, 404),
  ],
  [
    'keeps the user ID of a leaver',
    'archived-owner-row',
    'a user ID',
    replace(/owners/, /"userId":null/, '"userId":7'),
  ],
  ['does not find an email', 'owner-email-exact', 'nobody', replace(/email=/, /\[\{.*\}\]/, '[]')],
  [
    'answers an update with another value',
    'record-update',
    '200 without one of them',
    replace(/PATCH/, /"hubspot_owner_id":"\d+"/, '"hubspot_owner_id":"1"'),
  ],
  [
    'does not clear',
    'record-clear',
    'not cleared',
    replace(/GET .*contacts/, /"hubspot_owner_id":""/, '"hubspot_owner_id":"1"'),
  ],
  [
    'has one update time',
    'record-updated-at',
    'stays',
    replace(/GET .*contacts/, /"updatedAt":"[^"]+"/, `"updatedAt":"${EARLIER}"`),
  ],
  ['forgets merged records', 'merged-record-update', '404 in HubSpot’s words', refuse(/PATCH/, 404)],
  [
    'names no records of a batch',
    'batch-update-unknown',
    '207, the others written but not named',
    replace(/batch/, /"results":\[.*?\],"started/, '"results":[],"started'),
  ],
  [
    'stores a refused batch',
    'batch-update-invalid',
    '400, the others written but not named',
    replace(/GET .*contacts/, /"hubspot_owner_id":null/, '"hubspot_owner_id":"1"'),
  ],
  [
    'has one assigned date',
    'assigned-date-other-owner',
    'stays',
    replace(/GET/, /(assigneddate":")[^"]+/, `$1${EARLIER}`),
  ],
  [
    'has one assigned date for batches',
    'assigned-date-batch',
    'stays',
    replace(/GET/, /(assigneddate":")[^"]+/, `$1${EARLIER}`),
  ],
  ['keeps no history', 'history-of-one', 'no list of versions', replace(/GET/, /propertiesWithHistory/, 'other')],
  [
    'keeps the last version only',
    'history-of-many',
    '1 versions, one is missing',
    replace(/batch.read/, /(\[\{[^}]*"value":""[^}]*\}),\{[^}]*\}/, '$1'),
  ],
  [
    'has a read-only owner',
    'owner-property-of-contacts',
    'holds one owner, read-only',
    replace(/properties/, /("name":"hubspot_owner_id".*?)"readOnlyValue":false/, '$1"readOnlyValue":true'),
  ],
  ['takes histories of a few', 'history-batch-size', '50 refused with 400', refuse(/batch.read/, 400)],
  ['cannot complete callbacks', 'callback-unknown', '503 in HubSpot’s words', refuse(/callbacks/, 503)],
  ['grants no token', 'token-refresh', '403 without one of them', refuse(/token$/, 403)],
  [
    'calls a mistake in the app by the same name',
    'token-refresh-refused',
    '400 without such a word',
    refuse(/token$/, 400),
  ],
  [
    'does not say whose a token is',
    'token-introspect',
    'active, with scopes',
    replace(/introspect/, /"hub_id"/, '"other"'),
  ],
  [
    'calls each token active',
    'token-introspect-unknown',
    '200, no word about it',
    replace(/introspect/, /false/, 'true'),
  ],
])('An API that %s differs in %s', async (_what, id, seen, alter) => {
  proxy = await startAlteringProxy(open.simulator.url, alter);
  const { sleep, oauth } = open;
  const api = createApi({ baseUrl: proxy.url, token: TOKEN, sleep });
  const options = { patienceMs: 5_000, runId: 'b', maySpendLimit: false, oauth };
  const ground = createGround({ ...options, api, sleep, portalId: String(PORTAL_ID) });
  const check = CHECKS.find((each) => each.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  expect(await runCheck(check, ground)).toMatchObject({ kind: 'differs', seen });
});
