const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** As the functions' own variables are described. They have no rule for it: they would log at INFO instead, and say nothing. */
export const LOG_LEVEL = {
  rule: `must be one of ${LEVELS.join(', ')}`,
  parse: (value: string) => (LEVELS.includes(value) ? value : undefined),
};
