import { editDistance, nearest } from '../../../local/command/nearest.ts';

it.each([
  ['port', 'port', 0],
  ['prot', 'port', 1],
  ['por', 'port', 1],
  ['ports', 'port', 1],
  ['pert', 'port', 1],
  ['', 'port', 4],
  ['overwrite', 'override', 2],
])('The distance from %s to %s is %d typing errors', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance);
  expect(editDistance(other, one)).toBe(distance);
});

it.each([
  ['emial', 'email'],
  ['if-not-assignabel', 'if-not-assignable'],
  ['workflwo', 'workflow'],
  ['channel', undefined],
])('The option --%s is recognized as a misspelled --%s', (name, meant) => {
  expect(nearest(name, ['email', 'if-not-assignable', 'workflow'])).toBe(meant);
});
