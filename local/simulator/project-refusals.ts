import { isRedirectUri } from './apps.ts';
import { type ActionFile, type AppFile, readProject } from './project-files.ts';
import { findScopeRefusals } from './project-scopes.ts';

/** Platforms that HubSpot still builds (developer changelog, read 2026-11-23). */
const PLATFORMS = new Set(['2025.2', '2026.03', '2026.09']);
const MAX_UID_LENGTH = 64;
/** Names that belong to nobody (RFC 2606, RFC 6761). */
const PLACEHOLDER_HOST = /(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$/i;

export type RefusalOptions = {
  /** The repository's project has nobody's addresses and is never uploaded unchanged. */
  readonly isTemplate: boolean;
};

/**
 * Why HubSpot would refuse a project, in words; empty if it would not. HubSpot publishes no schema: these are the rules of its
 * documents (project components and app authentication, read 2026-11-26), and placeholders, which only a person would notice.
 */
export function findRefusals(files: ReadonlyMap<string, string>, { isTemplate }: RefusalOptions): readonly string[] {
  const { refusals, name, platformVersion, uids, apps, actions } = readProject(files);
  return [
    ...refusals,
    ...(name === '' ? ['hsproject.json: name is missing'] : []),
    ...(PLATFORMS.has(platformVersion) ? [] : [`hsproject.json: platformVersion ${platformVersion} is not supported`]),
    ...(apps.length === 1 ? [] : [`a project has one app, not ${apps.length}`]),
    ...[...new Set(uids)].flatMap((uid) => refuseUid(uid, uids)),
    ...apps.flatMap((app) => [...refuseAuth(app), ...findScopeRefusals(app), ...refuseSupport(app, isTemplate)]),
    ...actions.flatMap((action) => refuseAction(action, isTemplate)),
  ];
}

function refuseUid(uid: string, uids: readonly string[]): string[] {
  if (uid === '' || uid.length > MAX_UID_LENGTH) return [`uid ${uid}: 1 to ${MAX_UID_LENGTH} characters`];
  return uids.indexOf(uid) === uids.lastIndexOf(uid) ? [] : [`uid ${uid}: used twice`];
}

function refuseAuth({ auth, distribution, redirectUrls }: AppFile): string[] {
  if (auth !== 'static' && auth !== 'oauth') return [`auth.type ${auth}: static or oauth`];
  if (distribution !== 'private' && distribution !== 'marketplace') {
    return [`distribution ${distribution}: private or marketplace`];
  }
  if (auth === 'static' && distribution === 'marketplace') return ['an app of the marketplace needs auth.type oauth'];
  if (auth === 'static') return [];
  if (redirectUrls.length === 0) return ['an OAuth app needs a redirect URL'];
  return redirectUrls.filter((url) => !isRedirectUri(url)).map((url) => `redirect URL ${url} must use https`);
}

function refuseSupport({ support }: AppFile, isTemplate: boolean): string[] {
  return ['supportEmail', 'documentationUrl', 'supportUrl'].flatMap((field) => {
    const value = support[field];
    const host = typeof value === 'string' ? hostOf(value) : undefined;
    if (host === undefined) return [`support.${field}: no ${field === 'supportEmail' ? 'email' : 'https'} address`];
    return !isTemplate && PLACEHOLDER_HOST.test(host) ? [`support.${field}: ${value} is a placeholder`] : [];
  });
}

function refuseAction({ path, actionUrl }: ActionFile, isTemplate: boolean): string[] {
  const host = actionUrl.includes('@') ? undefined : hostOf(actionUrl);
  if (host === undefined) return [`${path}: actionUrl must be an https address`];
  return !isTemplate && PLACEHOLDER_HOST.test(host) ? [`${path}: actionUrl ${actionUrl} is a placeholder`] : [];
}

/** Of an email address or an https address; undefined for anything else. */
function hostOf(address: string): string | undefined {
  const email = /^[^\s@/]+@([^\s@/]+)$/.exec(address);
  if (email !== null) return email[1];
  const url = URL.parse(address);
  return url?.protocol === 'https:' ? url.hostname : undefined;
}
