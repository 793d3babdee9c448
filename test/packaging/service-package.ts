import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { inBuildFolder } from '../support/take-turns.ts';
import { type Evaluated, evaluate, type Template } from './template.ts';

export type ServicePackage = {
  readonly stage: string;
  readonly folder: string;
  readonly template: Template;
  readonly evaluated: Evaluated;
};

/** Packages as a user does, with no AWS account in reach. */
export async function packageService(
  stage: string,
  given: Readonly<Record<string, string>>,
  params: readonly string[] = [],
): Promise<ServicePackage> {
  const folder = await mkdtemp(join(tmpdir(), `package-${stage}-`));
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...environment } = process.env;
  expect([AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]).toEqual(['local', 'local']);
  const options = ['package', '--package', folder, '--stage', stage, ...params.map((param) => `--param=${param}`)];
  const program = [require.resolve('serverless/bin/serverless.js'), ...options];
  const env = { ...environment, ...given };
  await inBuildFolder(() => promisify(execFile)(process.execPath, program, { cwd: PROJECT_DIR, env }));
  const template = JSON.parse(
    await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'),
  ) as Template;
  return { stage, folder, template, evaluated: evaluate(template) };
}

export async function removePackage({ folder }: ServicePackage): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** What the tests are about: the least that can be deployed, and everything that can be asked for, under another stage. */
export type Packages = { readonly plain: ServicePackage; readonly full: ServicePackage };
