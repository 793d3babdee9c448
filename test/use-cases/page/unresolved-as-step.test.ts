import fc from 'fast-check';
import { parseEmailDomain } from '../../../lib/domain/alias.ts';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { OwnerEmail } from '../../../lib/domain/email.ts';
import type { OwnerId } from '../../../lib/domain/ids.ts';
import { addressesOf, isAssignable, type Owner } from '../../../lib/domain/owner.ts';
import { isBackAs } from '../../../lib/domain/returned-owners.ts';
import {
  createAddressAliasResolver,
  createDomainAliasResolver,
} from '../../../lib/use-cases/executions/follow-aliases.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { createSubstitutingResolver } from '../../../lib/use-cases/executions/substitute-leavers.ts';
import { createListUnresolved } from '../../../lib/use-cases/page/list-unresolved.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { createFakeAliases } from '../../fakes/aliases.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeSuccessors } from '../../fakes/successors.ts';
import { makeClock } from '../../support/clock.ts';

const ASKED = ['jane', 'omar'].flatMap((name) => [`${name}@old.example`, `${name}@new.example`]).map(toEmail);
const address = fc.constantFrom(...ASKED, ...ASKED.map((email) => toEmail(`${email}.invalid`)));
const ids = ['1', '2', '3', '4'].map(toOwnerId);
/** Of whom nothing is known any more. */
const GONE = toOwnerId('9');
const anyId = fc.constantFrom(...ids, GONE);
const person = fc.record({
  email: fc.option(address, { nil: undefined }),
  formerEmails: fc.array(address, { maxLength: 2 }),
  archived: fc.boolean(),
  isQueue: fc.nat(7).map((n) => n === 0),
  userId: fc.constantFrom('101', '102', '103'),
});
const account = fc.record({
  people: fc.array(person, { minLength: 1, maxLength: 4 }),
  aliases: fc.array(fc.tuple(fc.constantFrom(...ASKED), anyId), { maxLength: 2 }),
  domain: fc.boolean(),
  successors: fc.array(fc.tuple(anyId, anyId), { maxLength: 3 }),
});

it('An unresolved email is called resolved exactly when a step would find somebody, in any account', async () => {
  await fc.assert(
    fc.asyncProperty(account, async ({ people, aliases: named, domain, successors: chains }) => {
      const clock = makeClock();
      const owners = people.map(({ email, formerEmails, archived, isQueue, userId }, index): Owner => {
        const owner = makeOwner({ id: ids[index] ?? '', userId, email, archived });
        return { ...owner, type: isQueue ? 'QUEUE' : 'PERSON', ...(formerEmails.length > 0 && { formerEmails }) };
      });
      const known = new Map(owners.map((owner) => [owner.id, owner]));
      const ofUser = new Map(owners.filter(isAssignable).map((owner) => [owner.userId, owner]));
      const cache = createFakeOwnerCache();
      const confirmedAtEpochMs = clock.now();
      const rows = new Map<OwnerEmail, { owners: readonly Owner[]; confirmedAtEpochMs: number }>();
      for (const email of ASKED) {
        const holders = owners.filter((owner) => addressesOf(owner).includes(email));
        rows.set(email, { owners: holders, confirmedAtEpochMs });
        await cache.rememberEmail(PORTAL_A, email, { owners: holders, confirmedAtEpochMs });
      }
      for (const id of [...ids, GONE])
        await cache.rememberOwner(PORTAL_A, id, { owner: known.get(id), confirmedAtEpochMs });
      for (const owner of ofUser.values()) await cache.rememberOwner(PORTAL_A, owner.id, { owner, confirmedAtEpochMs });
      const aliases = createFakeAliases();
      for (const [alias, ownerId] of named)
        await aliases.set(PORTAL_A, { kind: 'address', alias, ownerId, setAtEpochMs: 0 });
      const [from, to] = ['@old.example', '@new.example'].map(parseEmailDomain);
      if (domain && from && to)
        await aliases.set(PORTAL_A, { kind: 'domain', alias: from, toDomain: to, setAtEpochMs: 0 });
      const successors = createFakeSuccessors();
      const chain = new Map<OwnerId, OwnerId>();
      for (const [leaver, successor] of chains) {
        chain.set(leaver, successor);
        await successors.setSuccessor(PORTAL_A, leaver, successor, 0);
      }
      const never = () => Promise.reject(new Error('HubSpot is not asked'));
      const plain = createOwnerResolver({
        cache,
        ownersApi: { listByEmail: never, findById: never, findByUserId: never },
        now: clock.now,
        ownerMaxAgeMs: 86_400_000,
        metrics: { count: () => undefined, measure: () => undefined },
      });
      const aliased = createAddressAliasResolver({ resolver: plain, aliases });
      const resolver = createDomainAliasResolver({
        resolver: createSubstitutingResolver({ resolver: aliased, successors }),
        aliases,
      });
      const list = createListUnresolved({
        readReport: async () => undefined,
        unresolved: {
          list: async () => ASKED.map((email) => ({ email, count: 1, workflowIds: [], lastSeenAtEpochMs: 0 })),
        },
        findByEmails: async (_portal, emails) =>
          new Map(
            emails.flatMap((email) => {
              const row = rows.get(email);
              return row === undefined ? [] : [[email, row] as const];
            }),
          ),
        aliases,
        people: {
          findOwners: async (_portal, wanted) =>
            new Map(
              wanted.flatMap((id) => {
                const owner = known.get(id);
                return owner === undefined ? [] : [[id, owner] as const];
              }),
            ),
          findPresentOwners: async (_portal, wanted) =>
            new Map(
              wanted.flatMap((id) => {
                const owner = known.get(id);
                const other = ofUser.get(owner?.userId);
                return owner === undefined ? [] : [[id, other && isBackAs(owner, other) ? other : owner] as const];
              }),
            ),
          findSuccessorIds: async (_portal, leavers) =>
            new Map(
              leavers.flatMap((id) => {
                const successor = chain.get(id);
                return successor === undefined ? [] : [[id, successor] as const];
              }),
            ),
        },
      });
      const { entries } = await list(PORTAL_A, undefined, 100);
      for (const { email, cause } of entries) {
        const resolution = await resolver.resolveEmail(PORTAL_A, email, toDeadline(clock.now() + 1_000));
        expect([email, cause.kind === 'resolved']).toEqual([email, resolution.kind === 'assignable']);
        if (resolution.kind === 'refused' && resolution.code === 'OWNER_DEACTIVATED')
          expect([email, cause.kind]).toEqual([email, 'left']);
        if (resolution.kind === 'refused' && resolution.code === 'OWNER_AMBIGUOUS')
          expect([email, cause.kind]).toEqual([email, 'shared']);
        if (resolution.kind === 'refused' && resolution.code === 'OWNER_IS_QUEUE')
          expect([email, cause.kind]).toEqual([email, 'queue']);
      }
    }),
    { numRuns: 500 },
  );
});
