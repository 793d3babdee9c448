import { OPTIONAL_SCOPES, REQUIRED_SCOPES, scopesFor } from '../../lib/domain/scopes.ts';
import { chooseScenarios } from '../../local/demo-choice.ts';
import { SCENARIOS } from '../../local/demo-scenarios.ts';

const EVERYTHING = new Set([...REQUIRED_SCOPES, ...OPTIONAL_SCOPES]);
type Purpose = Parameters<typeof scopesFor>[0];

function choose(purpose: Purpose) {
  const { scenarios, leftOut } = chooseScenarios(SCENARIOS, { auth: 'static', scopes: new Set(scopesFor(purpose)) });
  return { scenarios, leftOut, errorCodes: scenarios.map(({ errorCode }) => errorCode) };
}

it('The demo shows every scenario to accounts that grant everything', () => {
  expect(chooseScenarios(SCENARIOS, { auth: 'oauth', scopes: EVERYTHING })).toEqual({
    scenarios: SCENARIOS,
    leftOut: [],
  });
});

it('The demo of a static token has no second account, because the token opens one account', () => {
  const { scenarios, leftOut } = chooseScenarios(SCENARIOS, { auth: 'static', scopes: EVERYTHING });

  expect(leftOut).toEqual([expect.stringContaining('another account')]);
  expect(scenarios.some(({ account }) => account === 'second')).toBe(false);
});

it('The demo shows that the step names its missing permissions for an object that the project does not ask for', () => {
  const { errorCodes } = choose({ objects: ['contacts', 'deals'], features: ['queue'] });

  expect(errorCodes).toContain('MISSING_SCOPES');
  expect(errorCodes).not.toContain('PROPERTY_NOT_FOUND');
});

it('The demo leaves out custom objects, deals and the queue where the project does not ask for them', () => {
  const { scenarios, leftOut } = choose({ objects: ['contacts'], features: [] });

  expect(scenarios.some(({ typeId, isQueued }) => typeId === '0-3' || isQueued === true)).toBe(false);
  expect(leftOut).toEqual([
    expect.stringContaining('another account'),
    expect.stringContaining('a deal'),
    expect.stringContaining('The rate limit is spent'),
  ]);
});

it('The demo shows a custom object where the project asks for it', () => {
  expect(choose({ objects: ['contacts', 'custom'], features: [] }).errorCodes).toContain('PROPERTY_NOT_FOUND');
});
