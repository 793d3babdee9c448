import { OPTIONAL_SCOPES, REQUIRED_SCOPES, scopesFor } from '../../lib/domain/scopes.ts';
import { chooseScenarios } from '../../local/demo-choice.ts';
import { SCENARIOS } from '../../local/demo-scenarios.ts';

const EVERYTHING = new Set([...REQUIRED_SCOPES, ...OPTIONAL_SCOPES]);
type Purpose = Parameters<typeof scopesFor>[0];

function choose(purpose: Purpose) {
  const { scenarios, leftOut } = chooseScenarios(SCENARIOS, { auth: 'static', scopes: new Set(scopesFor(purpose)) });
  return { scenarios, leftOut, errorCodes: scenarios.map(({ errorCode }) => errorCode) };
}

it('shows every scenario of the demo to accounts that grant everything', () => {
  expect(chooseScenarios(SCENARIOS, { auth: 'oauth', scopes: EVERYTHING })).toEqual({
    scenarios: SCENARIOS,
    leftOut: [],
  });
});

it('leaves a second account out of the demo of a static token, which opens one', () => {
  const { scenarios, leftOut } = chooseScenarios(SCENARIOS, { auth: 'static', scopes: EVERYTHING });

  expect(leftOut).toEqual([expect.stringContaining('another account')]);
  expect(scenarios.some(({ account }) => account === 'second')).toBe(false);
});

it('shows that the step names its missing permissions for an object that the project does not ask for', () => {
  const { errorCodes } = choose({ objects: ['contacts', 'deals'], features: ['queue'] });

  expect(errorCodes).toContain('MISSING_SCOPES');
  expect(errorCodes).not.toContain('PROPERTY_NOT_FOUND');
});

it('claims nothing of custom objects, deals or the queue that the project does not ask for', () => {
  const { scenarios, leftOut } = choose({ objects: ['contacts'], features: [] });

  expect(scenarios.some(({ typeId, isQueued }) => typeId === '0-3' || isQueued === true)).toBe(false);
  expect(leftOut).toEqual([
    expect.stringContaining('another account'),
    expect.stringContaining('a deal'),
    expect.stringContaining('The rate limit is spent'),
  ]);
});

it('shows a custom object as it is where the project asks for it', () => {
  expect(choose({ objects: ['contacts', 'custom'], features: [] }).errorCodes).toContain('PROPERTY_NOT_FOUND');
});
