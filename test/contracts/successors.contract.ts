import type { Successors } from '../../lib/ports/store.ts';
import { PORTAL_A, PORTAL_B, toOwnerId } from '../builders/ids.ts';

const [LEAVER, JANE, BOB] = [toOwnerId('1'), toOwnerId('2'), toOwnerId('3')];
const AT = 1_795_000_000_123;

/** What every successor map promises. `make` gives an empty one. */
export function describeSuccessors(name: string, make: () => Promise<Successors>): void {
  describe(`successors: ${name}`, () => {
    let successors: Successors;
    const find = (portalId = PORTAL_A, leaverId = LEAVER) => successors.findSuccessorId(portalId, leaverId);

    beforeEach(async () => {
      successors = await make();
    });

    it('The store of successors is empty at first', async () => {
      expect(await find()).toBeUndefined();
    });

    it('The store of successors returns who was set, and later who was set instead', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      expect(await find()).toBe(JANE);
      await successors.setSuccessor(PORTAL_A, LEAVER, BOB, AT + 1);
      expect(await find()).toBe(BOB);
    });

    it('The same successor can be set again', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT + 1);
      expect(await find()).toBe(JANE);
    });

    it('A successor can be removed, also a second time', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      await successors.removeSuccessor(PORTAL_A, LEAVER);
      await successors.removeSuccessor(PORTAL_A, LEAVER);
      expect(await find()).toBeUndefined();
    });

    it('Nobody is their own successor, and an account sees nothing of another account', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      expect(await find(PORTAL_A, JANE)).toBeUndefined();
      expect(await find(PORTAL_B)).toBeUndefined();
      await successors.setSuccessor(PORTAL_B, LEAVER, BOB, AT);
      await successors.removeSuccessor(PORTAL_B, LEAVER);
      expect(await find()).toBe(JANE);
    });
  });
}
