import { type RateVerdict, tooManyRequests } from './rate-limit.ts';
import type { SimulatorSettings } from './settings.ts';
import type { Portal } from './state.ts';

const WINDOW_MS = 1_000;

/**
 * The limit of the search, which all apps of an account share and which is separate from the others (usage guidelines, read
 * 2026-11-26). Its replies have no headers about it.
 */
export function createSearchLimiter(settings: Pick<SimulatorSettings, 'searchLimit'>, now: () => number) {
  const recent = new WeakMap<Portal, readonly number[]>();
  return function admitSearch(portal: Portal): RateVerdict {
    const at = now();
    const inWindow = (recent.get(portal) ?? []).filter((then) => then > at - WINDOW_MS);
    const isAdmitted = inWindow.length < settings.searchLimit;
    recent.set(portal, isAdmitted ? [...inWindow, at] : inWindow);
    return { headers: {}, refusal: isAdmitted ? undefined : tooManyRequests('SECONDLY', portal) };
  };
}
