import { toDeadline } from '../../../lib/domain/deadline.ts';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { createFinishInstall, type InstallReturn } from '../../../lib/use-cases/portals/finish-install.ts';
import type { InstallResult } from '../../../lib/use-cases/portals/install-portal.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { createFakeTelemetry, type FakeTelemetry } from '../../fakes/telemetry.ts';

type Fault = 'missing' | 'forged';
type Back = InstallReturn<Fault>;

const OURS = { valid: true, nonce: 'nonce-1', expiresAtEpochMs: 2_000 } as const;
const FORGED = { valid: false, reason: 'forged' } as const;
const CONNECTED: InstallResult = {
  kind: 'connected',
  portalId: PORTAL_A,
  granted: [],
  missing: [],
  firstRefresh: 'queued',
};
const back = (more: Partial<Back>): Back => ({
  state: OURS,
  code: 'code-1',
  error: undefined,
  errorDescription: undefined,
  ...more,
});
const REFUSED_BY_USER = { error: 'access_denied', errorDescription: 'The user said no', code: undefined };

let telemetry: FakeTelemetry;
let installPortal: jest.Mock;

beforeEach(() => {
  telemetry = createFakeTelemetry();
  installPortal = jest.fn(async () => CONNECTED);
});

const finish = (more: Partial<Back>) =>
  createFinishInstall({ installPortal, metrics: telemetry.metrics, log: telemetry.log })(back(more), toDeadline(9_000));

it('An install that HubSpot approved connects the account with the code and the verified state', async () => {
  expect(await finish({})).toEqual(CONNECTED);
  expect(installPortal.mock.calls).toEqual([[{ nonce: 'nonce-1', expiresAtEpochMs: 2_000, code: 'code-1' }, 9_000]]);
  expect(telemetry.counts).toEqual(['PortalInstalls connected ×1']);
});

it.each<[string, Partial<Back>, object, string]>([
  [
    'that somebody denied says so in HubSpot’s words',
    REFUSED_BY_USER,
    { kind: 'denied', error: 'access_denied', words: 'The user said no' },
    'denied',
  ],
  [
    'that comes back with an error and without our state shows nobody’s words',
    { ...REFUSED_BY_USER, state: FORGED },
    { kind: 'denied', error: 'access_denied', words: undefined },
    'state_refused',
  ],
  [
    'with a state that is not ours is refused, whatever its code is',
    { state: FORGED },
    { kind: 'stateRefused', reason: 'forged' },
    'state_refused',
  ],
  ['without a code is refused', { code: undefined }, { kind: 'codeMissing' }, 'code_refused'],
])('An install %s', async (_what, given, end, outcome) => {
  expect(await finish(given)).toEqual(end);
  expect(installPortal).not.toHaveBeenCalled();
  expect(telemetry.counts).toEqual([`PortalInstalls ${outcome} ×1`]);
});

it.each([
  ['stateUsed', 'state_refused'],
  ['codeRefused', 'code_refused'],
] as const)('An install that ends as %s is counted as %s', async (kind, outcome) => {
  installPortal.mockResolvedValue({ kind });
  expect(await finish({})).toEqual({ kind });
  expect(telemetry.counts).toEqual([`PortalInstalls ${outcome} ×1`]);
});

it('An install that fails while it is made is counted once, and the failure is passed on', async () => {
  installPortal.mockRejectedValue(new UpstreamUnavailableError('http_503'));
  await expect(finish({})).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
  expect(telemetry.counts).toEqual(['PortalInstalls failed ×1']);
});

it('An install logs how it ended, and neither the code nor HubSpot’s words', async () => {
  const entries: unknown[][] = [];
  const note = (...entry: unknown[]) => void entries.push(entry);
  const log = { debug: note, info: note, warn: note, error: note };
  const finishInstall = createFinishInstall({ installPortal, metrics: telemetry.metrics, log });
  for (const more of [{}, REFUSED_BY_USER, { state: FORGED }]) await finishInstall(back(more), toDeadline(9_000));
  expect(entries.map(([message]) => message)).toEqual(['install ended', 'install denied', 'install refused']);
  expect(JSON.stringify(entries)).not.toMatch(/code-1|said no|nonce-1/);
});
