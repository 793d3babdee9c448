import { ERROR_CODES } from '../../lib/domain/outcome.ts';
import {
  addActiveOwner,
  addArchivedOwner,
  addOwnersSharingEmail,
  addQueueOwner,
} from '../../local/simulator/seed-owners.ts';
import { addPortal, addProperty, revokeToken } from '../../local/simulator/seed-portals.ts';
import { getPortal, type SimulatorState } from '../../local/simulator/state.ts';
import { type ExecuteOptions, PORTAL, tokenOf } from '../support/service.ts';
import { expectAnswered, failedOutputs, useService } from '../support/use-service.ts';

const service = useService();
const { addContact, ownerOf } = service;
const JANE = 'jane@example.com';

type Case = {
  readonly code: (typeof ERROR_CODES)[number];
  readonly why: string;
  /** Changes the portal, and gives what the enrollment has beside the email of Jane. */
  readonly arrange?: (state: SimulatorState) => Omit<Partial<ExecuteOptions>, 'objectId'>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly expected?: Readonly<Record<string, unknown>>;
};

/** A failure names whom it is about, as far as that is one person. */
const ABOUT_JANE = { ownerName: 'Jane Doe' };
const NAMING_JANE = { ...ABOUT_JANE, errorDetails: 'Jane Doe' };
const about = (errorDetails: string) => ({ errorDetails });
const LIVE = { resolvedFrom: 'LIVE', ownerDataAgeSeconds: '0' };
const forOwners = (seed: (state: SimulatorState) => unknown) => (state: SimulatorState) => {
  getPortal(state, PORTAL).owners.clear();
  seed(state);
  return {};
};
const knowJane = async (objectId: string) =>
  service().execute({ action: 'find', objectId, inputFields: { ownerEmail: JANE } });

const CASES: readonly Case[] = [
  { code: 'EMAIL_MISSING', why: '[P8] an empty property', inputs: { ownerEmail: ' ' } },
  { code: 'EMAIL_MISSING', why: '[P8] the word null', inputs: { ownerEmail: 'null' } },
  {
    code: 'EMAIL_INVALID',
    why: '[P9] two addresses',
    inputs: { ownerEmail: 'a@example.com; b@example.com' },
    expected: { errorDetails: 'it holds more than one address' },
  },
  {
    code: 'EMAIL_INVALID',
    why: '[P11] 300 characters',
    inputs: { ownerEmail: `${'a'.repeat(288)}@example.com` },
    expected: { errorDetails: 'it is too long' },
  },
  { code: 'OWNER_NOT_FOUND', why: 'nobody', arrange: forOwners(() => undefined), expected: LIVE },
  {
    code: 'OWNER_DEACTIVATED',
    why: '[O4] one who left',
    arrange: forOwners((state) => addArchivedOwner(state, PORTAL, { email: JANE })),
    expected: LIVE,
  },
  {
    code: 'OWNER_AMBIGUOUS',
    why: '[O3] two people',
    arrange: forOwners((state) => addOwnersSharingEmail(state, PORTAL, JANE, 2)),
    expected: { ...LIVE, errorDetails: expect.stringMatching(/^\d+( \([^)]+\))?, \d+( \([^)]+\))?$/) },
  },
  {
    code: 'OWNER_IS_QUEUE',
    why: '[O2] a queue',
    arrange: forOwners((state) => addQueueOwner(state, PORTAL, { email: JANE, firstName: 'Desk' })),
    expected: { ...LIVE, ownerName: 'Desk' },
  },
  {
    code: 'VALUE_IS_OWNER_ID',
    why: '[O7] Jane’s owner id',
    inputs: { ownerEmail: '410900001' },
    expected: NAMING_JANE,
  },
  { code: 'VALUE_IS_USER_ID', why: '[O7] Jane’s user id', inputs: { ownerEmail: '52900001' }, expected: NAMING_JANE },
  {
    code: 'FALLBACK_OWNER_INVALID',
    why: 'a user id as fallback',
    inputs: { ownerEmail: 'nobody@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: '52900001' },
    expected: LIVE,
  },
  {
    code: 'INPUT_INVALID',
    why: 'an unknown setting',
    inputs: { overwrite: 'SOMETIMES' },
    expected: about('overwrite'),
  },
  {
    code: 'INPUT_INVALID',
    why: 'a calculated property',
    inputs: { ownerProperty: 'hs_all_owner_ids' },
    expected: about('ownerProperty'),
  },
  {
    code: 'PROPERTY_NOT_FOUND',
    why: 'no such property',
    inputs: { ownerProperty: 'no_such_owner' },
    expected: about('no_such_owner'),
  },
  {
    code: 'PROPERTY_HOLDS_SEVERAL',
    why: '[T3] a property that holds several people',
    arrange(state) {
      addProperty(state, PORTAL, '0-1', { name: 'account_team', referencedObjectType: 'OWNER', several: true });
      return {};
    },
    inputs: { ownerProperty: 'account_team' },
    expected: about('account_team'),
  },
  {
    code: 'PROPERTY_NOT_FOUND',
    why: '[T2] a property that holds no owner',
    inputs: { ownerProperty: 'email' },
    expected: about('email'),
  },
  {
    code: 'RECORD_VALIDATION_FAILED',
    why: 'a rule of the portal',
    arrange(state) {
      const validationRule = { code: 'INVALID_OPTION', message: 'no', accepts: () => false };
      addProperty(state, PORTAL, '0-1', { name: 'hubspot_owner_id', referencedObjectType: 'OWNER', validationRule });
      return {};
    },
    expected: { ...ABOUT_JANE, ...about('hubspot_owner_id') },
  },
  {
    code: 'RECORD_TYPE_UNSUPPORTED',
    why: '[P6] a type that nobody knows',
    arrange: () => ({ objectType: 'MACHINE', omitProperties: true }),
  },
  {
    code: 'RECORD_TYPE_UNSUPPORTED',
    why: '[P6] a custom type that the portal does not have',
    arrange: () => ({ objectType: '2-999', omitProperties: true }),
  },
  {
    code: 'MISSING_SCOPES',
    why: '[H6] the app’s creator lost their permissions',
    arrange(state) {
      const grant = getPortal(state, PORTAL).tokens.get(tokenOf(PORTAL));
      if (grant !== undefined) grant.creatorLostPermissions = true;
      return {};
    },
    expected: about('oauth'),
  },
  {
    code: 'PORTAL_NOT_CONNECTED',
    why: '[H5] the token was revoked',
    arrange(state) {
      revokeToken(state, PORTAL, tokenOf(PORTAL));
      return {};
    },
    expected: about('–'),
  },
];

it.each(CASES)('The action fails with $code for $why, sets nothing, and gives the same answer again', async (each) => {
  const { state } = service().simulator;
  addActiveOwner(state, PORTAL, {
    id: '410900001',
    userId: 52_900_001,
    email: JANE,
    firstName: 'Jane',
    lastName: 'Doe',
  });
  const objectId = addContact();
  const isAboutOwners = each.code.startsWith('OWNER_');
  if (!isAboutOwners) await knowJane(objectId);
  const enrollment = each.arrange?.(state) ?? {};
  const inputFields = { ownerEmail: JANE, ...each.inputs };
  const full = { objectId, inputFields, callbackId: 'ap-again', ...enrollment };

  const first = await service().execute(full);
  const again = await service().execute(full);

  const expected = { ownerEmail: inputFields.ownerEmail.trim().slice(0, 254), ...each.expected };
  expectAnswered(first, failedOutputs(each.code, expected));
  expectAnswered(again, first.outputs);
  expect(ownerOf(objectId)).toBe('');
});

it('The action fails with RECORD_NOT_FOUND for a deleted record', async () => {
  addActiveOwner(service().simulator.state, PORTAL, { email: JANE, firstName: 'Jane', lastName: 'Doe' });
  const answer = await service().execute({ objectId: '9999999999', inputFields: { ownerEmail: JANE } });
  expectAnswered(answer, failedOutputs('RECORD_NOT_FOUND', { ownerEmail: JANE }));
});

it('The action fails with INVALID_OWNER_ID when HubSpot refuses the owner that it lists itself', async () => {
  addActiveOwner(service().simulator.state, PORTAL, { email: JANE, firstName: 'Jane', lastName: 'Doe' });
  const body = { category: 'VALIDATION_ERROR', message: 'no', errors: [{ code: 'INVALID_OWNER_ID' }] };
  service().simulator.faults.script({ route: 'PATCH object', fault: { kind: 'status', status: 400, body } });
  const answer = await service().execute({ objectId: addContact(), inputFields: { ownerEmail: JANE } });
  expectAnswered(
    answer,
    failedOutputs('INVALID_OWNER_ID', { ownerEmail: JANE, ownerName: 'Jane Doe', ...about('410000001 (Jane Doe)') }),
  );
});

it('The action fails with PORTAL_NOT_CONNECTED for an account that never connected', async () => {
  addPortal(service().simulator.state, { portalId: 8_200_003 });
  const answer = await service().execute({
    portalId: 8_200_003,
    objectId: '1',
    inputFields: { ownerEmail: JANE },
  });
  expectAnswered(answer, failedOutputs('PORTAL_NOT_CONNECTED', { ownerEmail: JANE, ...about('–') }));
});

it('The cases in this file cover every error code that is possible without a queue', () => {
  const shown = new Set([
    ...CASES.map(({ code }) => code),
    'RECORD_NOT_FOUND',
    'INVALID_OWNER_ID',
    'RECORD_MISSING',
    'EXPIRED_IN_QUEUE',
  ]);
  expect([...shown].sort()).toEqual([...ERROR_CODES].sort());
});
