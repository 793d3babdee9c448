const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Described like the functions' own variables. The functions have no rule for it: they would silently log at INFO. */
export const LOG_LEVEL = {
  rule: `must be one of ${LEVELS.join(', ')}`,
  parse: (value: string) => (LEVELS.includes(value) ? value : undefined),
};
