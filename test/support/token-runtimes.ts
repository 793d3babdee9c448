import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { type Deadline, toDeadline } from '../../lib/domain/deadline.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import type { Grant, PortalToken, Renewal, TokenCipher, TokenRevision } from '../../lib/domain/portal.ts';
import { decryptTokens, encryptGrant } from '../../lib/domain/portal.ts';
import type { OAuthApp, Portals } from '../../lib/ports/portals.ts';
import type { Log, LogFields, MetricName } from '../../lib/ports/telemetry.ts';
import { createAccessTokens } from '../../lib/use-cases/portals/access-tokens.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { createFakePortals, type FakePortals } from '../fakes/portals.ts';
import { type FakeClock, makeClock } from './clock.ts';

const SCOPES = ['oauth'];
export const LIFETIME_MS = 1_800_000;

export const testCipher = createLocalTokenCipher({ current: randomBytes(32).toString('base64') }, {});

export function makeGrant(generation: number, changes: Partial<Grant> = {}): Grant {
  return {
    accessToken: `pat-test-access-${generation}`,
    refreshToken: 'pat-test-refresh-0',
    expiresInSeconds: LIFETIME_MS / 1_000,
    ...changes,
  };
}

/** The same beside the tokens that it replaces. */
export function makeRenewal(generation: number, changes: Partial<Grant> = {}): Renewal {
  return { ...makeGrant(generation, changes), isRotated: changes.refreshToken !== undefined };
}

type Refreshing = { readonly refreshToken: string; readonly generation: number };

/** HubSpot's token endpoint in a test's hand: every refresh grants the next generation, unless `answer` says otherwise. */
type ScriptedOAuth = Pick<OAuthApp, 'refresh'> & {
  readonly refreshed: readonly string[];
  answer: (refreshing: Refreshing) => Promise<Grant>;
};

function makeOAuth(): ScriptedOAuth {
  const refreshed: string[] = [];
  const oauth: ScriptedOAuth = {
    refreshed,
    answer: async ({ generation }) => makeGrant(generation),
    async refresh(refreshToken) {
      refreshed.push(refreshToken);
      return oauth.answer({ refreshToken, generation: refreshed.length });
    },
  };
  return oauth;
}

type Told = {
  readonly counted: string[];
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[];
};

/** The tokens of a container whose callers have time, unless they say otherwise. */
type PatientTokens = {
  getToken(portalId: PortalId, deadline?: Deadline): Promise<PortalToken>;
  findNewerToken(portalId: PortalId, used: PortalToken, deadline?: Deadline): Promise<PortalToken | undefined>;
  renewToken(portalId: PortalId, rejected: PortalToken, deadline?: Deadline): Promise<PortalToken>;
};

/** Longer than the lease of a container that died. */
const PATIENCE_MS = 20_000;

export type Runtimes = {
  readonly clock: FakeClock;
  readonly oauth: ScriptedOAuth;
  readonly portals: FakePortals;
  readonly told: Told;
  count(name: MetricName): number;
  /** The tokens of one container, which remembers nothing of the others. */
  start(changes?: {
    readonly portals?: Portals;
    readonly cipher?: TokenCipher;
    readonly oauth?: Pick<OAuthApp, 'refresh'>;
  }): PatientTokens;
  connect(portalId?: PortalId, grant?: Grant, portals?: Portals): Promise<void>;
  /** The revision of portal A's tokens in the table. */
  seen(): Promise<TokenRevision>;
  stored(portalId?: PortalId, portals?: Portals): Promise<{ accessToken: string; refreshToken: string } | undefined>;
};

/** Containers over one table and one HubSpot. Their sleep moves the clock only when `sleepMoves` says so. */
export function makeRuntimes(options: { readonly sleepMoves?: boolean } = {}): Runtimes {
  const clock = makeClock();
  const fake = createFakePortals(clock.now);
  const oauth = makeOAuth();
  const told: Told = { counted: [], lines: [] };
  const tell = (level: string) => (message: string, fields?: LogFields) =>
    void told.lines.push({ level, message, fields });
  const log: Log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  return {
    clock,
    oauth,
    portals: fake,
    told,
    count: (name) => told.counted.filter((counted) => counted === name).length,
    start({ portals = fake, cipher = testCipher, oauth: app = oauth } = {}) {
      const deadline = () => toDeadline(clock.now() + PATIENCE_MS);
      const tokens = createAccessTokens({
        portals,
        cipher,
        oauth: app,
        now: clock.now,
        // A turn of the event loop, so that whoever is waited for gets on.
        sleep: async (ms) => {
          if (options.sleepMoves ?? true) clock.advance(ms);
          await setImmediate();
        },
        newId: randomUUID,
        metrics: { count: (name) => void told.counted.push(name), measure: () => undefined },
        log,
      });
      return {
        getToken: (portalId, until = deadline()) => tokens.getToken(portalId, until),
        findNewerToken: (portalId, used, until = deadline()) => tokens.findNewerToken(portalId, used, until),
        renewToken: (portalId, rejected, until = deadline()) => tokens.refreshToken(portalId, rejected, until),
      };
    },
    async connect(portalId = PORTAL_A, grant = makeGrant(0), portals = fake) {
      const tokens = await encryptGrant(testCipher, portalId, grant, clock.now());
      await portals.connect(portalId, { scopes: grant.scopes ?? SCOPES, tokens }, clock.now());
    },
    seen: async () => (await fake.read(PORTAL_A)) ?? { installationId: '', version: 0 },
    async stored(portalId = PORTAL_A, portals = fake) {
      const portal = await portals.read(portalId);
      return portal && decryptTokens(testCipher, portalId, portal.tokens);
    },
  };
}
