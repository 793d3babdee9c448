import fc from 'fast-check';
import { chooseOwner, type OwnerVerdict } from '../../../lib/domain/choose-owner.ts';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import { type OwnerEmail, parseOwnerEmail } from '../../../lib/domain/email.ts';
import type { OwnerId } from '../../../lib/domain/ids.ts';
import type { Owner } from '../../../lib/domain/owner.ts';
import { diffOwners } from '../../../lib/domain/owner-diff.ts';
import type { Resolution } from '../../../lib/domain/resolution.ts';
import type { OwnersApi } from '../../../lib/ports/hubspot.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { PORTAL_A, toEmail } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { makeListing } from '../../builders/owner-listing.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';
import { makeClock } from '../../support/clock.ts';
import { tellFigures } from '../../support/figures.ts';

/** The same people in every scenario: who has which address, and how HubSpot holds it, is up to chance. */
const ADDRESSES = ['jane@example.com', 'omar@example.com', 'zoe@bücher.example'];
const ASKED = ADDRESSES.flatMap((address) => [address, `${address}.invalid`]).map(toEmail);
const FILTERS = ['exact', 'caseInsensitive', 'prefix', 'none'] as const;
type Filter = (typeof FILTERS)[number];

/** An owner as HubSpot has them, the email as it holds it; `undefined` in a portal's list: in neither listing. */
type Held = { readonly id: string; readonly type: Owner['type']; archived: boolean; email: string | undefined };
type Portal = readonly (Held | undefined)[];

const held = fc
  .record({
    address: fc.constantFrom(...ADDRESSES),
    suffix: fc.constantFrom('', '', '.invalid'),
    inPunycode: fc.boolean(),
    inUpperCase: fc.boolean(),
  })
  .map(({ address, suffix, inPunycode, inUpperCase }) => {
    const domain = inPunycode ? address.replace('bücher', 'xn--bcher-kva') : address;
    return { email: `${domain}${suffix}`, inUpperCase };
  });
const change = fc.record({
  what: fc.constantFrom('nothing', 'nothing', 'rename', 'keep', 'blank', 'change', 'suffix', 'vanish', 'back', 'join'),
  held,
});
const scenario = fc.record({
  filter: fc.constantFrom(...FILTERS),
  people: fc.array(
    fc.record({ held, isQueue: fc.nat(9).map((n) => n === 0), archived: fc.nat(3).map((n) => n === 0) }),
    { minLength: 1, maxLength: 4 },
  ),
  nights: fc.array(fc.array(change, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
});

/** A filter that goes by case finds nobody by a case that it is not asked for: then nobody new is held in upper case. */
const spell = ({ email, inUpperCase }: { email: string; inUpperCase: boolean }, filter: Filter) =>
  inUpperCase && filter !== 'exact' ? email.toUpperCase() : email;

function after(
  portal: Portal,
  changes: readonly { what: string; held: { email: string; inUpperCase: boolean } }[],
  filter: Filter,
): Portal {
  const size = portal.length;
  const next = changes.slice(0, Math.max(size, 1)).map(({ what, held: to }, index): Held | undefined => {
    const before = portal[index];
    if (before === undefined) return undefined;
    const left = { ...before, archived: true };
    switch (what) {
      case 'rename':
        return { ...before, email: spell(to, filter) };
      case 'back':
        return { ...before, archived: false };
      case 'keep':
        return left;
      case 'blank':
        return { ...left, email: undefined };
      case 'change':
        return { ...left, email: `deactivated-${before.id}@example.com` };
      case 'suffix':
        return { ...left, email: before.email && `${before.email}.invalid` };
      case 'vanish':
        return undefined;
      default:
        return before;
    }
  });
  const joined = changes
    .filter(({ what }) => what === 'join')
    .map(({ held: to }, index): Held => {
      return { id: String(size + index + 1), type: 'PERSON', archived: false, email: spell(to, filter) };
    });
  return [...next, ...portal.slice(next.length), ...joined];
}

const toOwner = ({ id, type, archived, email }: Held): Owner =>
  makeOwner({ id, userId: String(100 + Number(id)), type, archived, email: parseOwnerEmail(email) });
const present = (portal: Portal) => portal.filter((owner) => owner !== undefined);

function makeDirectory(portal: Portal, filter: Filter): OwnersApi {
  const lower = (text: string) => (filter === 'exact' ? text : text.toLowerCase());
  const matches = (email: string, asked: string) =>
    filter === 'none' || (filter === 'prefix' ? lower(email).startsWith(lower(asked)) : lower(email) === lower(asked));
  const inListing = (listing: string) =>
    present(portal).filter(({ archived }) => archived === (listing === 'archived'));
  return {
    async listByEmail(_portalId, email, listing) {
      return inListing(listing)
        .filter((owner) => owner.email !== undefined && matches(owner.email, email))
        .map(toOwner);
    },
    async findById(_portalId, ownerId, listing) {
      return inListing(listing)
        .filter(({ id }) => id === ownerId)
        .map(toOwner)[0];
    },
    async findByUserId() {
      return undefined;
    },
  };
}

/** What the nightly refresh keeps: owners as it merged them, and a row for each email. */
type Swept = {
  readonly settled: ReadonlyMap<OwnerId, Owner>;
  readonly rows: ReadonlyMap<OwnerEmail, readonly Owner[]>;
};

function sweep({ settled, rows }: Swept, portal: Portal): Swept {
  const diff = diffOwners({ synced: settled, pending: new Map() }, makeListing(present(portal).map(toOwner)));
  return { settled: diff.owners, rows: new Map([...rows, ...diff.emails]) };
}

async function makeResolver({ rows }: Swept, portal: Portal, filter: Filter, ageMs: number) {
  const clock = makeClock();
  const cache = createFakeOwnerCache();
  for (const [email, owners] of rows) {
    await cache.rememberEmail(PORTAL_A, email, { owners, confirmedAtEpochMs: clock.now() - ageMs });
  }
  const metrics = { count: () => undefined, measure: () => undefined };
  const ownersApi = makeDirectory(portal, filter);
  const resolver = createOwnerResolver({ cache, ownersApi, now: clock.now, ownerMaxAgeMs: 1_000, metrics });
  return (email: OwnerEmail) => resolver.resolveEmail(PORTAL_A, email, toDeadline(clock.now() + 8_000));
}

const ids = (owners: readonly Owner[]) => owners.map(({ id }) => id).join();
function sayVerdict(verdict: OwnerVerdict): string {
  if (verdict.kind === 'assignable') return `assignable ${verdict.owner.id} by ${verdict.matchedBy}`;
  return verdict.kind === 'absent' ? 'absent' : `${verdict.kind} ${ids(verdict.owners)}`;
}
const KINDS = { OWNER_AMBIGUOUS: 'ambiguous', OWNER_IS_QUEUE: 'queue', OWNER_DEACTIVATED: 'deactivated' } as const;
function sayResolution(resolution: Resolution): string {
  if (resolution.kind === 'assignable') return `assignable ${resolution.owner.id} by ${resolution.matchedBy}`;
  if (resolution.code === 'OWNER_NOT_FOUND') return 'absent';
  return `${KINDS[resolution.code as keyof typeof KINDS]} ${ids(resolution.about)}`;
}

it('[M3] The live verdict equals the cached one, for every address, in any account and with any email filter of HubSpot', async () => {
  const seen: Record<string, number> = { former: 0, deactivated: 0, ambiguous: 0, queue: 0, byIdAlone: 0, compared: 0 };
  const count = (verdict: string) => {
    seen.compared = (seen.compared ?? 0) + 1;
    const kind = verdict.endsWith('FORMER_EMAIL') ? 'former' : (verdict.split(' ')[0] ?? '');
    seen[kind] = (seen[kind] ?? 0) + 1;
  };
  await fc.assert(
    fc.asyncProperty(scenario, async ({ filter, people, nights }) => {
      let portal: Portal = people.map(({ held: has, isQueue, archived }, index) => ({
        id: String(index + 1),
        type: isQueue ? 'QUEUE' : 'PERSON',
        archived,
        email: spell(has, filter),
      }));
      let swept: Swept = { settled: new Map(), rows: new Map() };
      for (const changes of [[], ...nights]) {
        portal = after(portal, changes, filter);
        if (present(portal).length === 0) return;
        const live = await makeResolver(swept, portal, filter, 2_000 + 60_000);
        const next = sweep(swept, portal);
        for (const email of ASKED) {
          const cached = sayVerdict(chooseOwner(email, next.rows.get(email) ?? []));
          const answer = sayResolution(await live(email));
          // What was learned is kept as HubSpot answered it.
          expect(sayResolution(await live(email))).toBe(answer);
          const confirmed = confirmedById(email, swept, portal);
          if (confirmed !== undefined && answer !== cached) {
            // Asked for by id with one call, which cannot show that somebody else got the same address since.
            expect(answer).toMatch(new RegExp(`^(assignable ${confirmed} by EMAIL|ambiguous .*)$`));
            expect(cached).toMatch(/^ambiguous/);
            seen.byIdAlone = (seen.byIdAlone ?? 0) + 1;
          } else {
            expect({ email, verdict: answer }).toEqual({ email, verdict: cached });
          }
          count(cached);
        }
        swept = next;
      }
    }),
    { numRuns: 3_000 },
  );
  for (const kind of ['former', 'deactivated', 'ambiguous', 'queue', 'absent', 'assignable']) {
    expect([kind, (seen[kind] ?? 0) > 100]).toEqual([kind, true]);
  }
  tellFigures('live verdicts compared with cached ones', seen);
});

/** The one active person whom the last sync knew by the address itself, when they have it still. */
function confirmedById(email: OwnerEmail, { rows }: Swept, portal: Portal): string | undefined {
  const verdict = chooseOwner(email, rows.get(email) ?? []);
  if (verdict.kind !== 'assignable' || verdict.owner.email !== email) return undefined;
  const now = present(portal).find(({ id }) => id === verdict.owner.id);
  return now !== undefined && !now.archived && parseOwnerEmail(now.email) === email ? now.id : undefined;
}
