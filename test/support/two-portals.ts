import { randomBytes } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { OAuthConfig } from '../../lib/config/connection.ts';
import { createLocalTokenCipher } from '../../lib/crypto/token-cipher-local.ts';
import { toDeadline } from '../../lib/domain/deadline.ts';
import { decryptTokens, encryptGrant } from '../../lib/domain/portal.ts';
import { createSyncRuntime } from '../../lib/runtime/sync-runtime.ts';
import { createPortals } from '../../lib/store/portals.ts';
import { addApp, installApp, uninstallApp } from '../../local/simulator/seed-apps.ts';
import { toPortalId } from '../builders/ids.ts';
import { createPortalWatch, type OneOfTwo, type PortalWatch, TWO_PORTALS } from './portal-watch.ts';
import { type Service, startService } from './service.ts';
import { readAllItems } from './table-items.ts';

const SCOPES = ['oauth', 'crm.objects.owners.read', 'crm.objects.contacts.read', 'crm.objects.contacts.write'];
const CONTAINERS = 3;

export type TwoPortals = {
  readonly service: Service;
  readonly watch: PortalWatch;
  /** Runtimes over one table, with a memory each. */
  readonly containers: Service[];
  install(portalId: OneOfTwo): Promise<void>;
  uninstall(portalId: OneOfTwo): void;
  /** The nightly refresh of one portal, by a container of its own. False when HubSpot did not let it through. */
  sweep(portalId: OneOfTwo): Promise<boolean>;
  /** What of the rows, as they lie in the table, is not as it should be. */
  findBadRows(): Promise<string[]>;
};

/** The service with two portals that installed the app, and a watch on everything that it does for either. */
export async function startTwoPortals(options: { readonly rotateRefreshTokens: boolean }): Promise<TwoPortals> {
  const key = randomBytes(32).toString('base64');
  const cipher = createLocalTokenCipher({ current: key }, {});
  const oauth: OAuthConfig = {
    clientId: 'client-1',
    clientSecret: 'secret-test-client',
    redirectUri: 'https://owner.example.com/oauth/callback',
    appBaseUrl: 'https://app.example.com',
    tokenKey: { kind: 'local', key },
  };
  const watch = createPortalWatch(() => service.simulator.state);
  const service = await startService({ config: { oauth, staticTokens: new Map() }, world: { fetch: watch.fetch } });
  const { simulator, clock, table, telemetry, config } = service;
  watch.watchTable(table.client);
  Object.assign(simulator.settings, { rotateRefreshTokens: options.rotateRefreshTokens, dailyLimit: 'none' });
  const { clientId, clientSecret, redirectUri } = oauth;
  addApp(simulator.state, { clientId, clientSecret, redirectUris: [redirectUri], requiredScopes: SCOPES });
  // Static tokens of the fixture open the portals too; the service does not know them.
  const portals = createPortals(table, clock.now);
  let ids = 0;

  async function install(portalId: OneOfTwo): Promise<void> {
    const tokens = installApp(simulator.state, clientId, portalId, SCOPES);
    const grant = { ...tokens, expiresInSeconds: 1_800 };
    const sealed = await encryptGrant(cipher, toPortalId(portalId), grant, clock.now());
    await portals.connect(toPortalId(portalId), { scopes: SCOPES, tokens: sealed }, clock.now());
  }

  async function sweep(portalId: OneOfTwo): Promise<boolean> {
    const world = {
      now: clock.now,
      sleep: clock.sleep,
      random: () => 0,
      newId: () => `sweeper-${ids++}`,
      table: table.client,
      fetch: watch.fetch,
    };
    const refreshConfig = { ...config, refreshQueueUrl: 'https://queue.example.com/refresh' };
    const runtime = createSyncRuntime(refreshConfig, telemetry, world, {} as SQSClient);
    const order = { runId: `run-${ids++}`, requestedAtEpochMs: clock.now(), force: true, continuations: 0 };
    const run = watch.during(portalId, () =>
      runtime.runRefresh({ portalId: toPortalId(portalId), ...order }, toDeadline(clock.now() + 240_000)),
    );
    return run.then(
      () => true,
      () => false,
    );
  }

  async function findBadRows(): Promise<string[]> {
    const found: string[] = [];
    for (const item of await readAllItems(table)) {
      const pk = item.pk?.S ?? '';
      const portalId = TWO_PORTALS.find((each) => pk.startsWith(`portal#${each}#`));
      if (portalId !== undefined) {
        const seen = watch.violations.length;
        watch.inspect(portalId, `the row ${pk}`, JSON.stringify(item));
        found.push(...watch.violations.slice(seen));
      } else if (pk !== 'portals' || Object.keys(item).sort().join() !== 'listedAtEpochMs,pk,sk,step') {
        found.push(`the row ${pk} is of no portal`);
      }
    }
    for (const portalId of TWO_PORTALS) found.push(...(await findBadTokens(portalId)));
    return found;
  }

  /** A portal's tokens open for it and are its own; for the other portal they do not open. */
  async function findBadTokens(portalId: OneOfTwo): Promise<string[]> {
    const row = await portals.read(toPortalId(portalId));
    if (row === undefined) return [`portal ${portalId} has no row`];
    const opened = await Promise.allSettled(
      TWO_PORTALS.map((each) => decryptTokens(cipher, toPortalId(each), { ciphertext: row.tokens.ciphertext })),
    );
    return opened.flatMap((each, index) => {
      const isOwn = TWO_PORTALS[index] === portalId;
      if (each.status === 'rejected') return isOwn ? [`the tokens of portal ${portalId} do not open`] : [];
      const owners = [each.value.accessToken, each.value.refreshToken].map(watch.ownerOfToken);
      const areOwn = owners.every((owner) => owner === portalId);
      return isOwn && areOwn
        ? []
        : [`the row of portal ${portalId} opens as ${TWO_PORTALS[index]}, tokens of ${owners}`];
    });
  }

  for (const portalId of TWO_PORTALS) await install(portalId);
  return {
    service,
    watch,
    containers: await Promise.all(Array.from({ length: CONTAINERS }, () => service.restart())),
    install,
    uninstall(portalId) {
      watch.learnTokens();
      uninstallApp(simulator.state, clientId, portalId);
    },
    sweep,
    findBadRows,
  };
}
