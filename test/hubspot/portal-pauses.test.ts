import { createPortalPauses } from '../../lib/hubspot/portal-pauses.ts';
import { makeClock } from '../support/clock.ts';
import { portalId } from './gateway.ts';

const [A, B] = [portalId(1), portalId(2)];
const LIMIT = { kind: 'limit' } as const;
const FAULT = { kind: 'fault', fault: 'http_522' } as const;

function makePauses() {
  const clock = makeClock();
  return { clock, pauses: createPortalPauses(clock.now) };
}

describe('pauses of portals', () => {
  it('last as long as asked for and not a millisecond longer', () => {
    const { clock, pauses } = makePauses();
    pauses.pause(A, 10_000, LIMIT);
    expect(pauses.find(A)).toEqual({ remainingMs: 10_000, reason: LIMIT });
    clock.advance(9_999);
    expect(pauses.find(A)).toEqual({ remainingMs: 1, reason: LIMIT });
    clock.advance(1);
    expect(pauses.find(A)).toBeUndefined();
  });

  it('of one portal never touch another', () => {
    const { clock, pauses } = makePauses();
    pauses.pause(A, 10_000, LIMIT);
    expect(pauses.find(B)).toBeUndefined();
    pauses.pause(B, 1_000, FAULT);
    clock.advance(1_000);
    pauses.pause(B, 500, FAULT);
    expect(pauses.find(A)).toEqual({ remainingMs: 9_000, reason: LIMIT });
    expect(pauses.find(B)).toEqual({ remainingMs: 500, reason: FAULT });
  });

  it('are never cut short, nor explained anew, by a shorter one', () => {
    const { pauses } = makePauses();
    pauses.pause(A, 600_000, LIMIT);
    pauses.pause(A, 10_000, FAULT);
    expect(pauses.find(A)).toEqual({ remainingMs: 600_000, reason: LIMIT });
    pauses.pause(A, 700_000, FAULT);
    expect(pauses.find(A)).toEqual({ remainingMs: 700_000, reason: FAULT });
  });
});
