import { type AppFile, type ProjectFiles, readProject, type UploadedProject } from './project-files.ts';
import { findRefusals, type RefusalOptions } from './project-refusals.ts';
import { addToken, revokeToken } from './seed-portals.ts';
import { getPortal, type SimulatorState, type TokenGrant } from './state.ts';

/** A static app goes into one customer account and ten test accounts (app authentication, read 2026-11-26). */
const MAX_STANDARD_ACCOUNTS = 1;
const MAX_TEST_ACCOUNTS = 10;

/**
 * Accepts a project, or a new version of it, as `hs project upload` does. Tokens that were issued before keep their scopes.
 * @throws naming everything that HubSpot would refuse
 */
export function uploadProject(
  state: SimulatorState,
  files: ProjectFiles,
  options: RefusalOptions = { isTemplate: false },
): UploadedProject {
  const { name, apps } = readProject(files);
  const [app] = apps;
  const refusals = findRefusals(files, options);
  if (refusals.length > 0 || app === undefined) throw refused(name, refusals);
  const changes = findForbiddenChanges(state, name, app);
  if (changes.length > 0) throw refused(name, changes);
  const project = { name, app, tokens: state.projects.get(name)?.tokens ?? new Map<number, string>() };
  state.projects.set(name, project);
  return project;
}

/** HubSpot renames no project, and changes neither auth nor distribution after the first upload (read 2026-11-26). */
function findForbiddenChanges(state: SimulatorState, name: string, app: AppFile): string[] {
  const before = state.projects.get(name)?.app;
  const elsewhere = [...state.projects.values()].find(
    (project) => project.name !== name && project.app.uid === app.uid,
  );
  return [
    ...(elsewhere === undefined ? [] : [`the app ${app.uid} belongs to the project ${elsewhere.name}`]),
    ...(before === undefined || before.uid === app.uid ? [] : [`the app of this project is ${before.uid}`]),
    ...(before === undefined || before.auth === app.auth ? [] : [`auth.type cannot change from ${before.auth}`]),
    ...(before === undefined || before.distribution === app.distribution
      ? []
      : [`distribution cannot change from ${before.distribution}`]),
  ];
}

function refused(name: string, refusals: readonly string[]): Error {
  return new Error(`HubSpot refuses the project ${name}: ${refusals.join('; ')}`);
}

/**
 * "Install now" on the app's Distribution tab, or its reinstall URL: the token has exactly the scopes that the last upload
 * requires. Installing again replaces the account's token.
 */
export function installStaticApp(
  state: SimulatorState,
  projectName: string,
  portalId: number,
  token: string,
): TokenGrant {
  const project = state.projects.get(projectName);
  if (project === undefined) throw new Error(`No project ${projectName} was uploaded`);
  const { app, tokens } = project;
  if (app.auth !== 'static') throw new Error(`The app of ${projectName} is installed by OAuth`);
  const { availableScopes } = getPortal(state, portalId);
  const missing = app.requiredScopes.filter((scope) => availableScopes?.has(scope) === false);
  if (missing.length > 0) throw new Error(`The subscription of portal ${portalId} lacks ${missing.join(' ')}`);
  checkAccountLimit(state, project, portalId);
  const earlier = tokens.get(portalId);
  if (earlier !== undefined) revokeToken(state, portalId, earlier);
  const grant = addToken(state, portalId, token, app.requiredScopes);
  tokens.set(portalId, token);
  return grant;
}

function checkAccountLimit(state: SimulatorState, { name, tokens }: UploadedProject, portalId: number): void {
  const { accountType } = getPortal(state, portalId);
  const isStandard = accountType === 'STANDARD';
  const alike = [...tokens.keys()].filter(
    (other) => other !== portalId && (getPortal(state, other).accountType === 'STANDARD') === isStandard,
  );
  const most = isStandard ? MAX_STANDARD_ACCOUNTS : MAX_TEST_ACCOUNTS;
  if (alike.length >= most) throw new Error(`The app of ${name} is in ${most} account(s) of this kind already`);
}
