/**
 * What HubSpot's documents say of an `app` component: app configuration and scopes pages, and the project components of platform
 * 2026.09, read 2026-11-26. HubSpot's offline library checks none of it.
 */
import { asJsonObject } from '../../lib/domain/json-object.ts';
import { isEmail, isHttps, isPublicHttps } from './addresses.ts';

type Members = Readonly<Record<string, unknown>>;

const SCOPE_LISTS = ['requiredScopes', 'optionalScopes', 'conditionallyRequiredScopes'] as const;
const LOGO = /\.(png|jpe?g|gif|bmp)$/;

/**
 * The faults of the app's file; empty when HubSpot has no reason to refuse it.
 * @param hasFile whether the project has a file at that path in its `src`
 */
export function faultsOfApp(parsed: unknown, hasFile: (path: string) => boolean): readonly string[] {
  const config = asJsonObject(asJsonObject(parsed).config);
  const { name, description, distribution, logo, support, permittedUrls } = config;
  const auth = asJsonObject(config.auth);
  return [
    ...unknownKeys(config, 'config', APP_KEYS),
    ...unless(isLine(name, 200), 'name: 1 to 200 characters, without a space at either end'),
    ...unless(isLine(description, 8192), 'description: 1 to 8192 characters'),
    ...unless(distribution === 'private' || distribution === 'marketplace', 'distribution: private or marketplace'),
    ...unless(
      distribution !== 'marketplace' || auth.type === 'oauth',
      'distribution: marketplace is for oauth apps only',
    ),
    ...faultsOfLogo(logo, hasFile),
    ...faultsOfAuth(auth),
    ...faultsOfFetch(asJsonObject(permittedUrls)),
    ...faultsOfSupport(asJsonObject(support)),
  ];
}

const APP_KEYS = ['name', 'description', 'logo', 'distribution', 'auth', 'permittedUrls', 'support'];

function faultsOfAuth(auth: Members): string[] {
  const redirectUrls = auth.redirectUrls === undefined ? [] : listOf(auth.redirectUrls);
  const scopes = SCOPE_LISTS.flatMap((list) => listOf(auth[list]).map(String));
  const twice = scopes.filter((scope, at) => scopes.indexOf(scope) !== at);
  const isStatic = auth.type === 'static';
  return [
    ...unknownKeys(auth, 'auth', ['type', 'redirectUrls', ...SCOPE_LISTS]),
    ...unless(isStatic || auth.type === 'oauth', 'auth.type: static or oauth'),
    ...unless(listOf(auth.requiredScopes).length > 0, 'auth.requiredScopes: at least one'),
    ...unless(scopes.every(isScope), 'auth: a scope that is not a word with dots'),
    ...twice.map((scope) => `auth: ${scope} is there twice`),
    ...(isStatic ? faultsOfStatic(auth) : []),
    ...unless(isStatic || redirectUrls.length > 0, 'auth.redirectUrls: an oauth app needs one'),
    ...redirectUrls.flatMap((url) => unless(isRedirectUrl(url), `auth.redirectUrls: ${String(url)} is not https://`)),
  ];
}

/** One account, one token: nobody can leave a scope out, and there is no redirect. */
function faultsOfStatic(auth: Members): string[] {
  const others = SCOPE_LISTS.slice(1).filter((list) => listOf(auth[list]).length > 0);
  return [
    ...others.map((list) => `auth.${list}: a static app may only require scopes`),
    ...unless(auth.redirectUrls === undefined, 'auth.redirectUrls: a static app has none'),
  ];
}

function isScope(scope: string): boolean {
  return /^[a-z][a-z0-9_.-]*$/.test(scope);
}

function isRedirectUrl(url: unknown): boolean {
  return isHttps(url) || (typeof url === 'string' && /^http:\/\/localhost(:\d+)?(\/|$)/.test(url));
}

/** Prefixes of addresses: no wildcard, no localhost. */
function faultsOfFetch({ fetch, ...others }: Members): string[] {
  const isPrefix = (url: unknown) => isPublicHttps(url) && !String(url).includes('*');
  return [
    ...unknownKeys(others, 'permittedUrls', ['iframe', 'img']),
    ...listOf(fetch).flatMap((url) =>
      unless(isPrefix(url), `permittedUrls.fetch: ${String(url)} is not a public https:// address`),
    ),
  ];
}

function faultsOfSupport(support: Members): string[] {
  const { supportEmail, supportPhone } = support;
  const urls = ['documentationUrl', 'supportUrl'].filter((key) => support[key] !== undefined && !isHttps(support[key]));
  return [
    ...unknownKeys(support, 'support', ['supportEmail', 'documentationUrl', 'supportUrl', 'supportPhone']),
    ...unless(supportEmail === undefined || isEmail(supportEmail), 'support.supportEmail: not an email address'),
    ...urls.map((key) => `support.${key}: not an https:// address`),
    ...unless(supportPhone === undefined || /^\+\d+$/.test(String(supportPhone)), 'support.supportPhone: + and digits'),
  ];
}

function faultsOfLogo(logo: unknown, hasFile: (path: string) => boolean): string[] {
  if (logo === undefined) return [];
  if (typeof logo !== 'string' || !LOGO.test(logo)) return ['logo: not a png, jpeg, gif or bmp file'];
  return unless(hasFile(logo.replace(/^\//, '')), `logo: ${logo} is not in the project`);
}

function unless(condition: boolean, fault: string): string[] {
  return condition ? [] : [fault];
}

function unknownKeys(value: Members, place: string, known: readonly string[]): string[] {
  const strange = Object.keys(value).filter((key) => !known.includes(key));
  return strange.map((key) => `${place}: ${key} is not allowed`);
}

function isLine(text: unknown, maxLength: number): boolean {
  return typeof text === 'string' && text !== '' && text === text.trim() && text.length <= maxLength;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
