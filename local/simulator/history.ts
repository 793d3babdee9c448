import type { ActionLabels, WorkflowAction } from './workflow-action.ts';

export type HistoryLine = { readonly sentence: string; readonly violations: readonly string[] };

function interpolate(text: string, outputs: Readonly<Record<string, unknown>>): HistoryLine {
  const violations: string[] = [];
  const sentence = text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => {
    if (!Object.hasOwn(outputs, name)) violations.push(`the history text names ${name}, which is no output`);
    return String(outputs[name] ?? '');
  });
  return { sentence, violations };
}

/**
 * The line that the workflow history shows for an answered execution: the text of the first rule whose outputs all have
 * one of the listed values (custom workflow actions guide, read 2026-11-23). A locale without the text falls back to
 * `en`, as HubSpot's editor does.
 */
export function describeOutcome(
  action: WorkflowAction,
  labels: ActionLabels,
  locale: string,
  succeeded: boolean,
  outputs: Readonly<Record<string, unknown>>,
): HistoryLine {
  const plain = succeeded ? 'Action succeeded' : 'Action failed';
  const rule = action.executionRules.find(({ conditions }) =>
    Object.entries(conditions).every(([name, values]) => values.includes(String(outputs[name] ?? ''))),
  );
  if (rule === undefined) return { sentence: plain, violations: [] };
  const text = labels[locale]?.executionRules[rule.labelName];
  const english = text ?? labels.en.executionRules[rule.labelName];
  const missing = text === undefined ? [`execution rule ${rule.labelName} has no text in ${locale}`] : [];
  if (english === undefined) return { sentence: plain, violations: missing };
  const line = interpolate(english, outputs);
  return { sentence: line.sentence, violations: [...missing, ...line.violations] };
}

/** The line for an execution that was never answered with a 2xx (observed in May 2026). */
export function describeFailure(body: string): string {
  return body === '' ? 'empty response body' : 'Action failed';
}

/** The line for a block that nobody completed: an error, after which the workflow continues (developer forum 2024-10). */
export function describeExpiry(): string {
  return 'Action failed: it expired before it was completed';
}
