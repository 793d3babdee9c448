/** `static`: one account, with a token that HubSpot shows there. `oauth`: any account that installs the app. */
export type AppAuth = 'static' | 'oauth';

/** HubSpot renames no project, and changes neither an app's auth nor its distribution after the first upload (read 2026-11-26). */
export type ProjectIdentity = { readonly auth: AppAuth; readonly projectName: string; readonly appUid: string };

export const DEFAULT_STAGE = 'prod';

const PROJECT_NAMES: Readonly<Record<AppAuth, string>> = {
  static: 'set-owner-by-email',
  oauth: 'set-owner-by-email-oauth',
};
const APP_UIDS: Readonly<Record<AppAuth, string>> = {
  static: 'set_owner_by_email_app',
  oauth: 'set_owner_by_email_oauth_app',
};

/** Names that nobody mistakes for those of an app in use. */
export const TEMPLATE_IDENTITY: ProjectIdentity = {
  auth: 'static',
  projectName: 'set-owner-by-email-template',
  appUid: 'set_owner_by_email_template_app',
};

/** The identity of a new project. A uid only has to be unique within its project, so it is the same for every stage. */
export function newIdentity(auth: AppAuth, stage = DEFAULT_STAGE): ProjectIdentity {
  const suffix = stage === DEFAULT_STAGE ? '' : `-${stage}`;
  return { auth, projectName: `${PROJECT_NAMES[auth]}${suffix}`, appUid: APP_UIDS[auth] };
}

/** The kind of app that a name stands for; undefined when it is somebody else’s name. */
export function authOfProjectName(name: string): AppAuth | undefined {
  const isNamed = (auth: AppAuth) => name === PROJECT_NAMES[auth] || name.startsWith(`${PROJECT_NAMES[auth]}-`);
  // The longer name first, because it begins with the shorter one.
  return (['oauth', 'static'] as const).find(isNamed);
}

export function authOfAppUid(uid: string): AppAuth | undefined {
  return (['oauth', 'static'] as const).find((auth) => APP_UIDS[auth] === uid);
}
