import { asJsonObject } from '../../lib/domain/json-object.ts';
import { isPlaceholder } from './addresses.ts';
import { faultsOfAction } from './check-action.ts';
import { faultsOfApp } from './check-app.ts';
import { faultsOfSettings } from './check-settings.ts';
import { authOfAppUid, authOfProjectName, type ProjectIdentity, TEMPLATE_IDENTITY } from './project-identity.ts';

/** Every file of a project, path in it → its JSON; undefined for a file that is none. */
export type ParsedProject = ReadonlyMap<string, unknown>;

export type KnownProject = {
  /** The identity of an earlier upload: with another one, HubSpot would create a second app. */
  readonly uploaded?: ProjectIdentity;
  /** The template has placeholders and a name of its own, and is never uploaded. */
  readonly isTemplate?: boolean;
};

const PLATFORM_VERSION = '2026.09';
const UID = /^[\w.-]{1,64}$/;
/** Where HubSpot looks for a component of a type. */
const FOLDERS = new Map([
  ['app', 'src/app'],
  ['workflow-action', 'src/app/workflow-actions'],
  ['settings', 'src/app/settings'],
]);

type Component = { readonly path: string; readonly uid: unknown; readonly type: unknown; readonly config: unknown };

/**
 * Why HubSpot would refuse this project according to its documents, or why an upload would do harm. Empty if there is no reason.
 * It reads no file and does not depend on our generator, so it can check any project.
 */
export function findProjectProblems(
  project: ParsedProject,
  { uploaded, isTemplate = false }: KnownProject = {},
): readonly string[] {
  const paths = [...project.keys()].filter((path) => path.endsWith('-hsmeta.json'));
  const components = paths.map((path): Component => {
    const { uid, type, config } = asJsonObject(project.get(path));
    return { path, uid, type, config };
  });
  const app = components.find(({ type }) => type === 'app');
  const { name, srcDir, platformVersion } = asJsonObject(project.get('hsproject.json'));
  const problems = [
    ...unless(typeof name === 'string' && name !== '', 'hsproject.json: name is missing'),
    ...unless(srcDir === 'src', 'hsproject.json: srcDir is not src'),
    ...unless(platformVersion === PLATFORM_VERSION, `hsproject.json: platformVersion is not ${PLATFORM_VERSION}`),
    ...unless(components.filter(({ type }) => type === 'app').length === 1, 'src/app: not exactly one app'),
    ...components.flatMap((component) => problemsOf(component, components, project)),
  ];
  if (isTemplate) return problems;
  return [...problems, ...components.flatMap(findPlaceholders), ...problemsOfIdentity(name, app, uploaded)];
}

function problemsOf(component: Component, all: readonly Component[], project: ParsedProject): string[] {
  const { path, uid, type } = component;
  if (project.get(path) === undefined) return [`${path}: is not JSON`];
  const faults = [
    ...Object.keys(asJsonObject(project.get(path)))
      .filter((key) => !['uid', 'type', 'config'].includes(key))
      .map((key) => `component: ${key} is not allowed`),
    ...unless(UID.test(String(uid)), 'uid: 1 to 64 letters, digits, periods, hyphens or underscores'),
    ...unless(all.filter((other) => other.uid === uid).length === 1, `uid: ${String(uid)} is there twice`),
    ...unless(
      FOLDERS.get(String(type)) === path.slice(0, path.lastIndexOf('/')),
      `type: ${String(type)} belongs elsewhere`,
    ),
    ...(type === 'app' ? faultsOfApp(project.get(path), (file) => project.has(`src/${file}`)) : []),
    ...(type === 'settings' ? faultsOfSettings(project.get(path), (file) => project.has(`src/${file}`)) : []),
    ...(type === 'workflow-action' ? faultsOfAction(project.get(path)) : []),
  ];
  return faults.map((fault) => `${path}: ${fault}`);
}

/** HubSpot accepts an address that nobody answers, and shows it to people who need help. */
function findPlaceholders({ path, config }: Component): string[] {
  const { support, auth, permittedUrls, actionUrl, inputFields } = asJsonObject(config);
  const given: unknown[] = [
    ...Object.values(asJsonObject(support)),
    ...listOf(asJsonObject(auth).redirectUrls),
    ...Object.values(asJsonObject(permittedUrls)).flatMap(listOf),
    actionUrl,
    ...listOf(inputFields).map((field) => asJsonObject(asJsonObject(field).typeDefinition).optionsUrl),
  ];
  return [...new Set(given.filter(isPlaceholder))].map((address) => `${path}: ${String(address)} is a placeholder`);
}

/** HubSpot changes neither a project's name nor an app's auth: a wrong one creates a second app, or breaks the first. */
function problemsOfIdentity(
  name: unknown,
  app: Component | undefined,
  uploaded: ProjectIdentity | undefined,
): string[] {
  const uid = String(app?.uid);
  const auth = asJsonObject(asJsonObject(app?.config).auth).type;
  if (name === TEMPLATE_IDENTITY.projectName || uid === TEMPLATE_IDENTITY.appUid) {
    return ['hsproject.json: this is the template, not a project for an upload'];
  }
  if (uploaded !== undefined && uploaded.auth === auth) {
    return [
      ...unless(
        name === uploaded.projectName,
        `hsproject.json: name is not ${uploaded.projectName}, which was uploaded`,
      ),
      ...unless(uid === uploaded.appUid, `${app?.path}: uid is not ${uploaded.appUid}, which was uploaded`),
    ];
  }
  const named = authOfProjectName(String(name));
  const identified = authOfAppUid(uid);
  return [
    ...unless(
      name !== uploaded?.projectName,
      `hsproject.json: ${String(name)} was uploaded with auth ${uploaded?.auth}`,
    ),
    ...unless(
      named === undefined || named === auth,
      `hsproject.json: ${String(name)} is the name of an ${named} project`,
    ),
    ...unless(
      identified === undefined || identified === auth,
      `${app?.path}: ${uid} is the uid of an app with auth ${identified}`,
    ),
  ];
}

function unless(condition: boolean, problem: string): string[] {
  return condition ? [] : [problem];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
