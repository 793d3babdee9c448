import { chooseOwner } from '../../lib/domain/choose-owner.ts';
import { parseOwnerEmail } from '../../lib/domain/email.ts';
import { addressesOf, primaryTeamOf } from '../../lib/domain/owner.ts';
import { toEmail } from '../builders/ids.ts';
import { makeOwner, OWNER_WITH_EVERY_FIELD } from '../builders/owner.ts';

const team = (id: string, primary: boolean) => ({ id, name: `Team ${id}`, primary });

it.each([
  ['the only primary one', [team('1', false), team('2', true)], '2'],
  ['the first of several by id, as a number', [team('10', true), team('9', true), team('1', false)], '9'],
  ['the same whatever their order', [team('9', true), team('10', true)], '9'],
  ['none when none is primary', [team('1', false)], undefined],
  ['none without teams', [], undefined],
])('[M5] The primary team of an owner is %s', (_why, teams, expected) => {
  expect(primaryTeamOf(makeOwner({ teams }))?.id).toBe(expected);
  expect(primaryTeamOf(makeOwner({ teams: teams.toReversed() }))?.id).toBe(expected);
});

it('[M2, M3] An owner is found by their address, by the same address without a sandbox suffix, and by their former ones', () => {
  const owner = makeOwner({
    email: 'jane@example.com.invalid',
    formerEmails: [toEmail('jd@example.com.invalid'), toEmail('jane@example.com')],
  });
  expect(addressesOf(owner)).toEqual([
    'jane@example.com.invalid',
    'jane@example.com',
    'jd@example.com.invalid',
    'jd@example.com',
  ]);
  expect(addressesOf(makeOwner({ email: undefined }))).toEqual([]);
});

it('[M2] Every address in any field of an owner leads to them, but for those that somebody else got', () => {
  const owner = { ...OWNER_WITH_EVERY_FIELD, archived: false };
  const { lostEmails, ...theirs } = owner;
  const addresses = Object.values(theirs)
    .flat()
    .map(String)
    .flatMap((text) => parseOwnerEmail(text) ?? []);
  expect(addressesOf(owner).toSorted()).toEqual(addresses.toSorted());
  for (const email of addresses) expect(chooseOwner(email, [owner])).toMatchObject({ kind: 'assignable', owner });
  for (const email of lostEmails) expect(chooseOwner(email, [owner])).toEqual({ kind: 'absent' });
});
