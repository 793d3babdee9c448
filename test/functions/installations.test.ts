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

describe('an installation that follows a forgotten one', () => {
  beforeEach(async () => {
    await install();
    expect(await execute()).toBe('ASSIGNED');
  });

  it('[M6] is used with the next call of a container that holds the tokens of the former one', async () => {
    await reinstall();
    expect(await execute()).toBe('ASSIGNED');
    expect(statuses().filter((each) => each.endsWith('401'))).toEqual([]);
  });

  it('[M6] is used once HubSpot rejects the former one’s token, with which a call had gone out', async () => {
    meanwhile = { path: /objects/, happens: reinstall };
    expect(await execute()).toBe('ASSIGNED');
    expect(statuses()).toContain('PATCH object 401');
    expect(await isConnected()).toBe(true);
  });

  it('[M6] is neither disconnected nor overwritten by a refresh of the former one’s tokens that was under way', async () => {
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

  it('[M6] is used although the former one’s token had ended meanwhile', async () => {
    service.clock.advance(HOUR_MS);
    await reinstall();
    expect(await execute()).toBe('ASSIGNED');
    expect(await isConnected()).toBe(true);
  });
});

describe('what an administrator grants', () => {
  it('[M10] counts for the next execution of a container that was refused before', async () => {
    await install(READS);
    const other = await service.restart();
    for (const container of [service, other]) expect(await execute(container)).toBe('MISSING_SCOPES');
    await install();
    for (const container of [service, other]) expect(await execute(container)).toBe('ASSIGNED');
  });

  it('[M10] counts for the very call that was refused for lack of it', async () => {
    await install(READS);
    meanwhile = { path: /objects/, happens: () => install() };
    expect(await execute()).toBe('ASSIGNED');
    expect(statuses().filter((each) => each.startsWith('PATCH'))).toEqual(['PATCH object 403', 'PATCH object 200']);
  });
});

describe('a portal that was not connected', () => {
  it('[M11] is connected for the first execution after an install, in the container that said otherwise', async () => {
    for (let count = 0; count < 3; count += 1) expect(await execute()).toBe('PORTAL_NOT_CONNECTED');
    await install();
    expect(await execute()).toBe('ASSIGNED');
    uninstall();
    service.clock.advance(HOUR_MS);
    expect(await execute()).toBe('PORTAL_NOT_CONNECTED');
    await install();
    expect(await execute()).toBe('ASSIGNED');
  });

  it('[M11] leaves no row of a rate budget, whichever container is asked', async () => {
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

describe('tokens that HubSpot rejects', () => {
  const rejectAll = () => getPortal(service.simulator.state, PORTAL).tokens.clear();
  const tokenCalls = () => service.simulator.calls.count({ route: 'POST token' });

  it('[M12] are refreshed once, and the call is made once more', async () => {
    await install();
    expect(await execute()).toBe('ASSIGNED');
    service.clock.advance(MINUTE_MS);
    rejectAll();
    expect(await execute()).toBe('ASSIGNED');
    expect(tokenCalls()).toBe(1);
  });

  it('[M12] are refreshed also when the one that another container has stored since is rejected, too', async () => {
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

  it('[M12] end the connection for good only with the grant, and say so after one refresh', async () => {
    await install();
    await execute();
    service.clock.advance(MINUTE_MS);
    uninstall();
    expect(await execute()).toBe('PORTAL_NOT_CONNECTED');
    expect([tokenCalls(), await isConnected()]).toEqual([1, false]);
  });
});
