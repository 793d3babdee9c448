import {
  CLEAR_INSTALL_COOKIE,
  type CookieEvent,
  installCookies,
  setInstallCookie,
} from '../../../lib/http/install/callback.ts';

const NAME = '__Host-set-owner-install';

it('[A1] The cookie is for this host over HTTPS only, is hidden from scripts, and is sent when HubSpot sends the browser back', () => {
  expect(setInstallCookie('value')).toBe(`${NAME}=value; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax`);
  expect(CLEAR_INSTALL_COOKIE).toBe(`${NAME}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`);
});

it.each<[CookieEvent, string[], string]>([
  [{ cookies: [`${NAME}=a`] }, ['a'], 'payload 2.0'],
  [{ cookies: ['x=1', `${NAME}=a`, 'y=2'] }, ['a'], 'among others'],
  [{ headers: { Cookie: `x=1; ${NAME}=a` } }, ['a'], 'payload 1.0'],
  [{ headers: { cookie: `${NAME}=a` }, multiValueHeaders: { cookie: [`${NAME}=a`] } }, ['a'], 'in both members of 1.0'],
  [{ cookies: [`${NAME}=a`], headers: { cookie: `${NAME}=a` } }, ['a'], 'in both, as serverless-offline has it'],
  [{ cookies: [`${NAME}=a`, `${NAME}=b`] }, ['a', 'b'], 'twice'],
  [{ cookies: [`${NAME}=a=b`] }, ['a=b'], 'with an equals sign in it'],
  [{ cookies: [`${NAME}2=a`, `x${NAME}=a`, NAME] }, [], 'names that are like it'],
  [{ cookies: null, headers: null }, [], 'none at all'],
])('The event %j has the cookies %j: %s', (event, values) => {
  expect(installCookies(event)).toEqual(values);
});
