import { parseIsoDurationMs } from '../../../local/simulator/iso-duration.ts';

it.each([
  ['PT20M', 1_200_000],
  ['P2D', 172_800_000],
  ['P1WT1H', 608_400_000],
  ['PT1S', 1_000],
  ['P1W2DT3H4M5S', 788_645_000],
])('The simulator reads the duration %s', (text, ms) => {
  expect(parseIsoDurationMs(text)).toBe(ms);
});

it.each(['', 'P', 'PT', 'P1DT', '20M', 'PT20', 'P1Y', 'P1M', 'PT1.5H', '-PT1H', 'pt20m', 'PT0S', ' PT1H'])(
  'The simulator reads "%s" as no duration',
  (text) => {
    expect(parseIsoDurationMs(text)).toBeUndefined();
  },
);
