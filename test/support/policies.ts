import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../architecture/imports.ts';

export const POLICIES = ['deploy', 'operate', 'doctor'] as const;
export type PolicyName = (typeof POLICIES)[number];

type OneOrMany = string | readonly string[];
export type PolicyStatement = {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: OneOrMany;
  readonly Resource: OneOrMany;
  readonly Condition?: unknown;
};

const listed = (value: OneOrMany): readonly string[] => (typeof value === 'string' ? [value] : value);

/** A policy of docs/policies with the placeholders filled in as the guide says. */
export function fillPolicy(name: PolicyName, { stage, region = 'eu-central-1', account = '111111111111' }: Filling) {
  return readFileSync(join(PROJECT_DIR, `docs/policies/${name}.json`), 'utf8')
    .replaceAll('ACCOUNT', account)
    .replaceAll('REGION', region)
    .replaceAll('STAGE', stage)
    .replaceAll('SHORT', stage.slice(0, 5));
}
type Filling = { readonly stage: string; readonly region?: string; readonly account?: string };

export function readStatements(name: PolicyName, stage = 'prod'): readonly PolicyStatement[] {
  return (JSON.parse(fillPolicy(name, { stage })) as { Statement: PolicyStatement[] }).Statement;
}

export const actionsOf = (statements: readonly PolicyStatement[]) => statements.flatMap(({ Action }) => listed(Action));
export const resourcesOf = ({ Resource }: PolicyStatement) => listed(Resource);

/** Whether a statement allows the action on the resource; `*` stands for anything, as it does for IAM. */
export function isAllowed(statements: readonly PolicyStatement[], action: string, resource: string): boolean {
  return statements
    .filter((statement) => actionsOf([statement]).includes(action))
    .some((statement) => resourcesOf(statement).some((pattern) => toPattern(pattern).test(resource)));
}

function toPattern(resource: string): RegExp {
  return new RegExp(`^${resource.split('*').map(escapeText).join('.*')}$`);
}

function escapeText(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
