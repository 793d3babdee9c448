import { randomBytes } from 'node:crypto';
import { createHandler as createForgetHandler } from '../../functions/forget-portal.ts';
import type { OAuthConfig } from '../../lib/config/connection.ts';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { encryptGrant } from '../../lib/domain/portal.ts';
import type { Fetch } from '../../lib/network/fetch.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { addApp, installApp, uninstallApp } from '../../local/simulator/seed-apps.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import { toPortalId } from '../builders/ids.ts';
import { makeContext } from './http-events.ts';
import { PORTAL, type Service, startService } from './service.ts';

const REDIRECT_URI = 'https://owner.example.com/oauth/callback';
export const READS = ['oauth', 'crm.objects.owners.read'];
const SCOPES = [...READS, 'crm.objects.contacts.read', 'crm.objects.contacts.write'];

/** A service whose portal installs the app, with Jane in it. Nothing is installed yet. */
export type OAuthPortal = {
  readonly service: Service;
  readonly portals: () => ReturnType<typeof createPortals>;
  /** What the install page leaves behind. */
  install(scopes?: readonly string[]): Promise<void>;
  uninstall(): void;
  forget(): Promise<void>;
  /** Assigns Jane to a new contact. @returns the error code, or the outcome */
  execute(container?: Service): Promise<string | undefined>;
};

export async function startOAuthPortal(fetch: Fetch): Promise<OAuthPortal> {
  const key = randomBytes(32).toString('base64');
  const oauth: OAuthConfig = {
    clientId: 'client-1',
    clientSecret: 'secret-test-client',
    redirectUri: REDIRECT_URI,
    appBaseUrl: 'https://app.example.com',
    tokenKey: { kind: 'local', key },
  };
  const service = await startService({ config: { oauth, staticTokens: new Map() }, world: { fetch } });
  const { state } = service.simulator;
  const { clientId, clientSecret } = oauth;
  addApp(state, {
    clientId,
    clientSecret,
    redirectUris: [REDIRECT_URI],
    requiredScopes: READS,
    optionalScopes: SCOPES,
  });
  addActiveOwner(state, PORTAL, { email: 'jane@example.com' });
  const portals = () => createPortals(service.table, service.clock.now);

  return {
    service,
    portals,
    async install(scopes = SCOPES) {
      const { now } = service.clock;
      const tokens = installApp(state, clientId, PORTAL, scopes);
      const cipher = createLocalTokenCipher({ current: key }, {});
      const sealed = await encryptGrant(cipher, toPortalId(PORTAL), { ...tokens, expiresInSeconds: 1_800 }, now());
      await portals().connect(toPortalId(PORTAL), { scopes, tokens: sealed }, now());
    },
    uninstall: () => uninstallApp(state, clientId, PORTAL),
    async forget() {
      const { telemetry, operators } = service;
      const handler = createForgetHandler(telemetry, async () => operators);
      expect(await handler({ portalId: PORTAL }, makeContext(60_000))).toMatchObject({ status: 'forgotten' });
    },
    async execute(container = service) {
      const { id: objectId } = addRecord(state, PORTAL, { typeId: '0-1' });
      const { outputs } = await container.execute({ objectId, inputFields: { ownerEmail: 'jane@example.com' } });
      return outputs.errorCode || outputs.outcome;
    },
  };
}
