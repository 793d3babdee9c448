import { toDeadline } from '../../../lib/domain/deadline.ts';
import { createSettingsUsers } from '../../../lib/hubspot/api/settings-users.ts';
import { toUserId } from '../../builders/ids.ts';
import { PORTAL_ID } from '../adapters.ts';
import { reply } from '../gateway.ts';

const find = (document: unknown, status = 200) =>
  createSettingsUsers(async () => reply(status, JSON.stringify(document)).reply, 'https://api.example.com').findById(
    PORTAL_ID,
    toUserId('88'),
    toDeadline(1),
  );
const ADMIN = { userId: '88', superAdmin: true, roleIds: [], primaryTeamId: '', secondaryTeamIds: [], seatNames: [] };

it.each<[object, object]>([
  [{ id: '88', superAdmin: true }, ADMIN],
  [{ id: 88, superAdmin: true, roleIds: null, primaryTeamId: null, secondaryTeamIds: null, seatNames: null }, ADMIN],
  [{ id: '88' }, { ...ADMIN, superAdmin: false }],
  [
    { id: '88', superAdmin: null },
    { ...ADMIN, superAdmin: false },
  ],
  [
    {
      id: '88',
      superAdmin: true,
      roleIds: [7, 'r8', null, {}],
      primaryTeamId: 5,
      secondaryTeamIds: [6],
      seatNames: ['core'],
    },
    { ...ADMIN, roleIds: ['7', 'r8'], primaryTeamId: '5', secondaryTeamIds: ['6'], seatNames: ['core'] },
  ],
  [{ id: '88', superAdmin: true, roleIds: 'all', primaryTeamId: {}, seatNames: { core: true } }, ADMIN],
])('[T1] A user is read whatever their roles, teams and seats are: %j', async (document, expected) => {
  await expect(find(document)).resolves.toEqual(expected);
});

it.each([
  {},
  null,
  [],
  { id: 'jane', superAdmin: true },
  { id: '88', superAdmin: 'true' },
  { id: '88', superAdmin: 1 },
])(
  '[T1] A user of whom it is not clear who they are, or whether they are a super admin, is not believed: %j',
  async (document) => {
    await expect(find(document)).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  },
);

it('A user whom the account does not have is nobody', async () => {
  await expect(find({ status: 'error', category: 'OBJECT_NOT_FOUND' }, 404)).resolves.toBeUndefined();
});
