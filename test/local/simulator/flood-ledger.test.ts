import fc from 'fast-check';
import { createFloodLedger } from '../../../local/simulator/flood-ledger.ts';

const enrollment = { portalId: 1, objectType: 'CONTACT', objectId: '1', inputFields: {} };
const end = fc.constantFrom('answered', 'completed', 'refused', 'gaveUp', 'expired', undefined);

it('The ledger of a flood has every execution in exactly one place, during the flood and after it', () => {
  fc.assert(
    fc.property(fc.array(end, { maxLength: 40 }), fc.boolean(), (ends, isOver) => {
      const ledger = createFloodLedger();
      for (const [index, each] of ends.entries()) ledger.open(enrollment, String(index), 0).end = each;
      const report = ledger.report(isOver);
      const { answeredInline, completed, refused, gaveUp, expired, pending, lost } = report;
      expect(answeredInline + completed + refused + gaveUp + expired + pending + lost).toBe(report.enrolled);
      expect(isOver ? pending : lost).toBe(0);
    }),
  );
});

it('The percentiles of a flood are nearest ranks of answered and completed executions', () => {
  const ledger = createFloodLedger();
  for (let ms = 1; ms <= 200; ms += 1) {
    const entry = ledger.open(enrollment, String(ms), 1_000);
    entry.end = ms % 2 === 0 ? 'answered' : 'completed';
    entry.endedAtEpochMs = 1_000 + ms;
  }
  const refused = ledger.open(enrollment, 'refused', 1_000);
  refused.end = 'refused';
  refused.endedAtEpochMs = 99_000;
  expect(ledger.report(true).latencyMs).toEqual({ p50: 100, p95: 190, p99: 198, max: 200 });
});
