import { createTelemetry } from '../../lib/observability/telemetry.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';

/** Metric lines that were written by `use`, as CloudWatch reads them. */
function linesOf(use: () => void): Record<string, unknown>[] {
  const earlier = CAPTURED_LINES.length;
  use();
  return CAPTURED_LINES.slice(earlier)
    .filter((line) => line.includes('"_aws"'))
    .map((line) => JSON.parse(line));
}

describe('Metrics', () => {
  it('The metrics of one invocation are one line for each set of dimensions, however often something was counted', () => {
    const { metrics, flush } = createTelemetry('anyFunction');
    const lines = linesOf(() => {
      for (let call = 0; call < 3; call += 1) metrics.count('HubSpotCalls', { outcome: '200' });
      metrics.count('HubSpotCalls', { outcome: '503' });
      metrics.count('ExecutionsQueued');
      metrics.measure('QueuedExecutionAgeMs', 7);
      flush();
    });
    const shared = { service: 'set-owner-by-email', functionName: 'anyFunction' };
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...shared, outcome: '200', HubSpotCalls: [1, 1, 1] }),
        expect.objectContaining({ ...shared, outcome: '503', HubSpotCalls: 1 }),
        expect.objectContaining({ ...shared, ExecutionsQueued: 1, QueuedExecutionAgeMs: 7 }),
      ]),
    );
  });

  it('The metrics of the next invocation start at zero and keep their dimensions', () => {
    const { metrics, flush } = createTelemetry('anyFunction');
    const count = () => {
      metrics.count('HubSpotCalls', { outcome: '200' });
      flush();
    };
    linesOf(count);
    expect(linesOf(count)).toMatchObject([{ outcome: '200', functionName: 'anyFunction', HubSpotCalls: 1 }]);
    expect(linesOf(flush)).toEqual([]);
  });
});
