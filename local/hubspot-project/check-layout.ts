import { join, relative } from 'node:path';
import { getProjectMetadata, isKnownPlatformVersion, parseProjectConfig } from '@hubspot/project-parsing-lib/projects';
import { translate } from '@hubspot/project-parsing-lib/translate';
import { validateUid } from '@hubspot/project-parsing-lib/uid';

/**
 * The problems that HubSpot's own library finds in a project folder. Without an account, it checks names, folders, uids and the
 * platform's version. The schemas of the components are on HubSpot's servers.
 */
export async function findLayoutProblems(projectDir: string): Promise<readonly string[]> {
  try {
    const { srcDir, platformVersion } = parseProjectConfig(projectDir);
    const projectSourceDir = join(projectDir, srcDir);
    const { hsMetaFiles, components } = await getProjectMetadata(projectSourceDir);
    // The schemas are skipped: the library would ask an account for them.
    const { intermediateRepresentation, skippedHsMetaFiles } = await translate(
      { projectSourceDir, platformVersion },
      { skipValidation: true },
    );
    const nodes = Object.values(intermediateRepresentation.intermediateNodesIndexedByUid);
    const read = new Set(nodes.map(({ metaFilePath }) => metaFilePath));
    const paths = hsMetaFiles.map((file) => relative(projectSourceDir, file).replaceAll('\\', '/'));
    return [
      ...(isKnownPlatformVersion(platformVersion)
        ? []
        : [`hsproject.json: HubSpot has no platform ${platformVersion}`]),
      // The library silently leaves out what it cannot read.
      ...paths.filter((path) => !read.has(path)).map((path) => `src/${path}: HubSpot cannot read it`),
      ...skippedHsMetaFiles.map((path) => `src/${path}: HubSpot looks for no component in this folder`),
      ...nodes.flatMap(({ uid, metaFilePath }) => {
        const fault = validateUid(uid);
        return fault === undefined ? [] : [`src/${metaFilePath}: ${fault}`];
      }),
      ...Object.entries(components)
        .filter(([, { count, maxCount }]) => count > maxCount)
        .map(([type, { count }]) => `src: ${count} components of type ${type}, where HubSpot takes one`),
    ];
  } catch (error) {
    // That is how the library reports a fault of the project.
    if (error instanceof Error) return [error.message];
    throw error;
  }
}
