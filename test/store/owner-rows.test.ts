import { fromOwnerMap, toOwnerMap } from '../../lib/store/owner-rows.ts';
import { OWNER_WITH_EVERY_FIELD } from '../builders/owner.ts';

it('An owner is read from the table with every field that was written', () => {
  expect(fromOwnerMap(toOwnerMap(OWNER_WITH_EVERY_FIELD))).toEqual(OWNER_WITH_EVERY_FIELD);
});
