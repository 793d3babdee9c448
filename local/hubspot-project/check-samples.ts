import { join } from 'node:path';
import { LOCALES } from '../../lib/action/labels.ts';
import { APP_FEATURES, APP_OBJECTS } from '../../lib/domain/scopes.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { findLayoutProblems } from './check-layout.ts';
import { findProjectProblems } from './check-project.ts';
import { ProjectRefusedError, type WriteProjectOptions, writeProject } from './configure.ts';
import { readProject, TEMPLATE_FOLDER } from './project-folder.ts';

const BASE = {
  publicBaseUrl: 'https://owner.acme.test',
  support: {
    supportEmail: 'help@acme.test',
    documentationUrl: 'https://acme.test/docs',
    supportUrl: 'https://acme.test/help',
  },
};

/** The ends of what can be configured: everything on, everything off, both kinds of app, another stage. */
const SAMPLES: readonly Omit<WriteProjectOptions, 'root'>[] = [
  { ...BASE, auth: 'static' },
  { ...BASE, auth: 'static', purpose: { objects: APP_OBJECTS, features: APP_FEATURES } },
  { ...BASE, auth: 'static', purpose: { objects: ['contacts'], features: [] }, agents: false, stage: 'dev' },
  { ...BASE, auth: 'oauth', publicBaseUrl: 'https://acme.test/owner' },
  ...LOCALES.map((language) => ({ ...BASE, auth: 'oauth' as const, language })),
];

/** Checks the template and a project of each kind as HubSpot would, as far as that goes without an account. */
export async function findSampleProblems(root: string): Promise<readonly string[]> {
  const template = join(root, TEMPLATE_FOLDER);
  const problems = [
    ...findProjectProblems(readProject(template), { isTemplate: true }),
    ...(await findLayoutProblems(template)),
  ];
  await inTemporaryFolder('hubspot-samples-', async (folder) => {
    for (const [at, sample] of SAMPLES.entries()) {
      problems.push(...(await findProblemsOf({ root, ...sample }, join(folder, String(at)))));
    }
  });
  return problems;
}

async function findProblemsOf(sample: WriteProjectOptions, folder: string): Promise<readonly string[]> {
  try {
    await writeProject(sample, folder);
    return [];
  } catch (error) {
    if (!(error instanceof ProjectRefusedError)) throw error;
    const { auth, stage = 'prod', language = 'en' } = sample;
    return error.problems.map((problem) => `a project with auth ${auth}, stage ${stage}, ${language}: ${problem}`);
  }
}
