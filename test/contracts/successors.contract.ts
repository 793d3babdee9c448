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

    it('knows nobody at first', async () => {
      expect(await find()).toBeUndefined();
    });

    it('knows who was named, and after that who was named instead', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      expect(await find()).toBe(JANE);
      await successors.setSuccessor(PORTAL_A, LEAVER, BOB, AT + 1);
      expect(await find()).toBe(BOB);
    });

    it('may be told the same again', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT + 1);
      expect(await find()).toBe(JANE);
    });

    it('forgets once, and may be told to forget again', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      await successors.removeSuccessor(PORTAL_A, LEAVER);
      await successors.removeSuccessor(PORTAL_A, LEAVER);
      expect(await find()).toBeUndefined();
    });

    it('takes nobody for their own leaver, and shows a portal nothing of another', async () => {
      await successors.setSuccessor(PORTAL_A, LEAVER, JANE, AT);
      expect(await find(PORTAL_A, JANE)).toBeUndefined();
      expect(await find(PORTAL_B)).toBeUndefined();
      await successors.setSuccessor(PORTAL_B, LEAVER, BOB, AT);
      await successors.removeSuccessor(PORTAL_B, LEAVER);
      expect(await find()).toBe(JANE);
    });
  });
}
