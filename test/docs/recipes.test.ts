import en from '../../lib/action/labels/en.json' with { type: 'json' };
import { read } from './pages.ts';

const page = read('docs/recipes.md');

/** What HubSpot's own pages call these things, and the few words that only stand out. */
const HUBSPOT = ['Automation', 'Workflows', 'Create workflow', '+', 'Value equals', 'Create task', 'Rep email'];
const EMPHASIS = /^(?:.*[:.?]|the workflow continues)$/;

function valuesOf(labels: unknown): string[] {
  if (typeof labels === 'string') return [labels];
  return Object.values(labels as object).flatMap(valuesOf);
}

it('The recipes call every field, choice and result by the label that the workflow editor shows', () => {
  const labels = valuesOf(en);
  const names = [...page.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name.replace(/\s+/g, ' '));
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => ![...labels, ...HUBSPOT].includes(name) && !EMPHASIS.test(name))).toEqual([]);
});

it('Every recipe has a flow, numbered steps and a picture of the settings with what they did', () => {
  const recipes = page.split('\n## ').slice(1);
  expect(recipes).toHaveLength(4);
  const parts = [/```mermaid\nflowchart/, /^1\. /m, /^!\[The workbench[^\]]+\]\(images\/recipe-\w+\.png\)$/m];
  expect(recipes.filter((text) => !parts.every((part) => part.test(text)))).toEqual([]);
});

it('The recipes quote sentences that the workflow history shows', () => {
  const sentences = [en.outcomes, en.additions].flatMap(valuesOf);
  const patterns = sentences.map((text) => new RegExp(escapeRegExp(text).replace(/\\\{\\\{ \w+ \\\}\\\}/g, '\\S+')));
  const promised = [...page.matchAll(/"([^"]+\.)"/g)].map(([, text = '']) => text.replace(/\s+/g, ' '));
  expect(promised.length).toBeGreaterThan(3);
  expect(promised.filter((text) => !patterns.some((pattern) => pattern.test(text)))).toEqual([]);
});

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
