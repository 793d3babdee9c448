import type { SignatureVersions } from '../../lib/ports/store.ts';
import { toPortalId } from '../builders/ids.ts';

const TWELVE = toPortalId(12);

/** What every memory of signatures promises. `make` gives an empty one. */
export function describeSignatureMemory(name: string, make: () => Promise<SignatureVersions>): void {
  describe(`the memory of signatures: ${name}`, () => {
    it('[W12] Nothing is remembered of an account that never sent v3', async () => {
      expect(await (await make()).hasSentV3(TWELVE)).toBe(false);
    });

    it('[W12] It is remembered permanently that an account sent v3, however often it did', async () => {
      const signatures = await make();
      await signatures.noteV3(TWELVE);
      await signatures.noteV3(TWELVE);
      expect(await signatures.hasSentV3(TWELVE)).toBe(true);
      expect(await signatures.hasSentV3(TWELVE)).toBe(true);
    });

    it('[W12] Signature versions of accounts are separate, even when their numbers begin with the same digits', async () => {
      const signatures = await make();
      await signatures.noteV3(TWELVE);
      expect(await signatures.hasSentV3(toPortalId(123))).toBe(false);
      expect(await signatures.hasSentV3(toPortalId(1))).toBe(false);
    });

    it('[W12] What several requests note at the same time is remembered', async () => {
      const signatures = await make();
      await Promise.all(Array.from({ length: 10 }, () => signatures.noteV3(TWELVE)));
      expect(await signatures.hasSentV3(TWELVE)).toBe(true);
    });
  });
}
