import { getPortal } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { type OAuthPortal, READS, startOAuthPortal } from '../support/oauth-portal.ts';
import { PORTAL, type Service } from '../support/service.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let service: Service;
let portals: OAuthPortal['portals'];
let install: OAuthPortal['install'];
let uninstall: OAuthPortal['uninstall'];
let forget: OAuthPortal['forget'];
let execute: OAuthPortal['execute'];
/** What happens while HubSpot is being asked for a path, before it answers. Once. */
let meanwhile: { readonly path: RegExp; readonly happens: () => Promise<unknown> } | undefined;

beforeEach(async () => {
  meanwhile = undefined;
  const interrupted: typeof fetch = async (url, init) => {
    const due = meanwhile?.path.test(String(url)) === true ? meanwhile : undefined;
    if (due !== undefined) {
      meanwhile = undefined;
      await due.happens();
    }
    return fetch(url, init);
  };
  ({ service, portals, install, uninstall, forget, execute } = await startOAuthPortal(interrupted));
});

afterEach(async () => {
  await service.close();
  expect(service.simulator.violations).toEqual([]);
});

async function reinstall(): Promise<void> {
  await forget();
  await install();
}

const statuses = () => service.simulator.calls.all().map(({ route, status }) => `${route} ${status}`);
const isConnected = async () => (await portals().read(toPortalId(PORTAL)))?.disconnectedAtEpochMs === undefined;

describe('An installation after a forgotten one', () => {
  beforeEach(async () => {
    await install();
    expect(await execute()).toBe('ASSIGNED');
  });

  it('[M6] A new installation is used with the next call of a container that has the tokens of the former one', async () => {
    await reinstall();
    expect(await execute()).toBe('ASSIGNED');
    expect(statuses().filter((each) => each.endsWith('401'))).toEqual([]);
  });

  it('[M6] A new installation is used after HubSpot rejects the former token with which a call was sent', async () => {
    meanwhile = { path: /objects/, happens: reinstall };
    expect(await execute()).toBe('ASSIGNED');
    expect(statuses()).toContain('PATCH object 401');
    expect(await isConnected()).toBe(true);
  });

  it('[M6] A new installation is neither disconnected nor overwritten by a running refresh of the former tokens', async () => {
    service.clock.advance(HOUR_MS);
    meanwhile = {
      path: /oauth\/2026-09\/token$/,
      async happens() {
        uninstall();
        const { installationId = '' } = (await portals().read(toPortalId(PORTAL))) ?? {};
        await portals().forget(toPortalId(PORTAL), installationId, service.clock.now());
        await install();
      },
    };
    expect(await execute()).toBe('ASSIGNED');
    expect(statuses()).toContain('POST token 400');
    expect(await isConnected()).toBe(true);
    expect(await execute(await service.restart())).toBe('ASSIGNED');
  });

  it('[M6] A new installation is used although the former token had expired meanwhile', async () => {
    service.clock.advance(HOUR_MS);
    await reinstall();
    expect(await execute()).toBe('ASSIGNED');
    expect(await isConnected()).toBe(true);
  });
});

describe('What an administrator grants', () => {
  it('[M10] A new grant counts for the next execution of a container that was refused before', async () => {
    await install(READS);
    const other = await service.restart();
    for (const container of [service, other]) expect(await execute(container)).toBe('MISSING_SCOPES');
    await install();
    for (const container of [service, other]) expect(await execute(container)).toBe('ASSIGNED');
  });

  it('[M10] A new grant counts for the very call that was refused because of a missing scope', async () => {
    await install(READS);
    meanwhile = { path: /objects/, happens: () => install() };
    expect(await execute()).toBe('ASSIGNED');
    expect(statuses().filter((each) => each.startsWith('PATCH'))).toEqual(['PATCH object 403', 'PATCH object 200']);
  });
});

describe('An account that was not connected', () => {
  it('[M11] After an install, an account is connected for the first execution in a container that said otherwise', async () => {
    for (let count = 0; count < 3; count += 1) expect(await execute()).toBe('PORTAL_NOT_CONNECTED');
    await install();
    expect(await execute()).toBe('ASSIGNED');
    uninstall();
    service.clock.advance(HOUR_MS);
    expect(await execute()).toBe('PORTAL_NOT_CONNECTED');
    await install();
    expect(await execute()).toBe('ASSIGNED');
  });

  it('[M11] An account that was not connected leaves no row of a rate budget, in any container', async () => {
    await install();
    expect(await execute()).toBe('ASSIGNED');
    await forget();
    service.clock.advance(MINUTE_MS);
    for (const container of [service, await service.restart()]) {
      const send = jest.spyOn(container.table.client, 'send');
      expect(await execute(container)).toBe('PORTAL_NOT_CONNECTED');
      expect(JSON.stringify(send.mock.calls.map(([command]) => command.input))).not.toContain('#budget');
      send.mockRestore();
    }
  });
});

describe('Tokens that HubSpot rejects', () => {
  const rejectAll = () => getPortal(service.simulator.state, PORTAL).tokens.clear();
  const tokenCalls = () => service.simulator.calls.count({ route: 'POST token' });

  it('[M12] A rejected token is refreshed once, and the call is made once more', async () => {
    await install();
    expect(await execute()).toBe('ASSIGNED');
    service.clock.advance(MINUTE_MS);
    rejectAll();
    expect(await execute()).toBe('ASSIGNED');
    expect(tokenCalls()).toBe(1);
  });

  it('[M12] A rejected token is refreshed also when the newer one of another container is rejected too', async () => {
    await install();
    expect(await execute()).toBe('ASSIGNED');
    meanwhile = {
      path: /objects/,
      async happens() {
        await install();
        rejectAll();
      },
    };
    expect(await execute()).toBe('ASSIGNED');
    expect(tokenCalls()).toBe(1);
  });

  it('[M12] A rejected token disconnects the account only when its grant is revoked, and says so after one refresh', async () => {
    await install();
    await execute();
    service.clock.advance(MINUTE_MS);
    uninstall();
    expect(await execute()).toBe('PORTAL_NOT_CONNECTED');
    expect([tokenCalls(), await isConnected()]).toEqual([1, false]);
  });
});
