import type { Page } from 'playwright-core';

/** Runs in the page, whose types this project does not have. */
const READ_COLORS = `(() => {
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return color === 'rgba(0, 0, 0, 0)' && element.parentElement ? behind(element.parentElement) : color;
  };
  return [...document.querySelectorAll('header span, main *')]
    .filter((element) => element.textContent.trim() !== '')
    .map((element) => [getComputedStyle(element).color, behind(element)]);
})()`;

/** The lowest contrast of a text with what is behind it (WCAG 2.2, definition of contrast ratio), as the browser shows it. */
export async function lowestContrast(page: Page): Promise<number> {
  const pairs = await page.evaluate<[string, string][]>(READ_COLORS);
  return Math.min(...pairs.map(([text, behind]) => ratio(luminance(text), luminance(behind))));
}

function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((channel) =>
    toLinear(Number(channel) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function toLinear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
