import { addToken } from '../../../local/simulator/seed-portals.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const running = useSimulator();
const PATH = '/oauth/v2/private-apps/get/access-token-info';
const ask = async (body: unknown, contentType = 'application/json') =>
  fetch(`${running().simulator.url}${PATH}`, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: JSON.stringify(body),
  });

it('The scopes of a static token are listed only when the simulator is set so, because HubSpot documents it for private apps only', async () => {
  expect((await ask({ tokenKey: 'pat-test-some' })).status).toBe(404);
  expect(running().simulator.violations).toEqual([]);
});

it('The account and the scopes of a static token are listed when the simulator is set so, and of no other token', async () => {
  const { simulator } = running();
  simulator.settings.staticTokenInfo = 'served';
  addToken(simulator.state, PORTAL_ID, 'pat-test-some', ['oauth', 'tickets']);

  const answer = await ask({ tokenKey: 'pat-test-some' });

  expect(await answer.json()).toEqual({ hubId: PORTAL_ID, scopes: ['oauth', 'tickets'] });
  expect((await ask({ tokenKey: 'pat-test-other' })).status).toBe(404);
  expect((await ask({})).status).toBe(400);
  expect((await ask({ tokenKey: 'pat-test-some' }, 'text/plain')).status).toBe(415);
});
