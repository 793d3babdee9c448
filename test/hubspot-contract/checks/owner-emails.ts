import { NOT_DOCUMENTED, type ObservedCheck } from '../check.ts';
import { expectStatus, type Ground, OWNERS, type OwnerRow } from '../ground.ts';
import { NotRun, type Observation } from '../observation.ts';
import { asObject, describeAnswer, hasResults, resultsOf } from '../words.ts';

const THE_OWNER = 'the owner';
const NOBODY = 'nobody';

/** Who is found by an email: the owner, among others perhaps, or nobody. */
async function findBy({ api }: Ground, email: string, owner?: OwnerRow, archived = false): Promise<Observation> {
  const answer = await api.get(`${OWNERS}?limit=100&archived=${archived}&email=${encodeURIComponent(email)}`);
  if (answer.status !== 200 || !hasResults(answer)) return describeAnswer(answer);
  const rows = resultsOf(answer);
  if (rows.some(({ id }) => id === owner?.id)) return { seen: THE_OWNER };
  return { seen: rows.length === 0 ? NOBODY : 'others' };
}

/** The email of an active person. */
async function somebody(ground: Ground, isFit: (email: string) => boolean = () => true): Promise<OwnerRow> {
  const owner = (await ground.people(1)).find(({ email }) => email.includes('@') && isFit(email));
  if (owner === undefined) throw new NotRun('needs an active owner with a fitting email');
  return owner;
}

export const ownerEmailChecks: readonly ObservedCheck[] = [
  {
    id: 'owner-email-exact',
    title: 'An owner is found by email as HubSpot lists it',
    source: 'owners guide, read 2026-11-23',
    accepts: [THE_OWNER],
    async observe(ground) {
      const owner = await somebody(ground);
      return findBy(ground, owner.email, owner);
    },
  },
  {
    id: 'owner-email-case',
    title: 'The email filter may go by case or ignore it',
    source: NOT_DOCUMENTED,
    accepts: [THE_OWNER, NOBODY],
    async observe(ground) {
      const owner = await somebody(ground, (email) => email.toUpperCase() !== email);
      return findBy(ground, owner.email.toUpperCase(), owner);
    },
  },
  {
    id: 'owner-email-prefix',
    title: 'The email filter may take a part of an email or the whole alone',
    source: NOT_DOCUMENTED,
    accepts: [THE_OWNER, NOBODY, 'others'],
    async observe(ground) {
      const owner = await somebody(ground);
      return findBy(ground, owner.email.slice(0, -1), owner);
    },
  },
  {
    id: 'owner-email-unknown',
    title: 'An email that nobody has gives an empty list',
    source: 'owners guide, read 2026-11-23',
    accepts: [NOBODY],
    observe: (ground) => findBy(ground, 'nobody-of-a-contract-test@example.com'),
  },
  {
    id: 'owner-email-not-ascii',
    title: 'The email filter may refuse an email that is not ASCII',
    source: NOT_DOCUMENTED,
    accepts: [NOBODY, '400 in HubSpot’s words'],
    observe: (ground) => findBy(ground, 'nobody@ü.example.com'),
  },
  {
    id: 'settings-user-by-email',
    title: 'The settings know a user by email, at their path of 2026-03',
    source: 'user provisioning OpenAPI 2026-03, read 2026-11-23',
    accepts: ['the user, with ID and superAdmin'],
    async observe(ground) {
      const { email } = await somebody(ground);
      const answer = await ground.api.get(`/settings/users/2026-03/${encodeURIComponent(email)}?idProperty=EMAIL`);
      if (answer.status === 403) expectStatus(answer, 200, 'the users settings');
      const { id, superAdmin } = asObject(answer.json);
      const isComplete = typeof id === 'string' && typeof superAdmin === 'boolean';
      return isComplete ? { seen: 'the user, with ID and superAdmin' } : describeAnswer(answer);
    },
  },
  {
    id: 'owner-email-archived',
    title: 'A deactivated owner is found by email in the archived listing only',
    source: 'owners guide, read 2026-11-23',
    accepts: ['not among the active, and in the archived listing'],
    async observe(ground) {
      await ground.deactivated();
      const active = new Set((await ground.owners('active')).map(({ email }) => email.toLowerCase()));
      const leaver = (await ground.owners('archived')).find(
        ({ email }) => email !== '' && !active.has(email.toLowerCase()),
      );
      if (leaver === undefined) throw new NotRun('needs a deactivated owner with an email of their own');
      const among = await findBy(ground, leaver.email, leaver);
      const archived = await findBy(ground, leaver.email, leaver, true);
      const first = among.seen === THE_OWNER ? 'among the active' : 'not among the active';
      return { seen: `${first}, and ${archived.seen === THE_OWNER ? 'in' : 'not in'} the archived listing` };
    },
  },
];
