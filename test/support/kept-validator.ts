import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { keepFile } from './keep-file.ts';

/**
 * Loaded into every program that a test run starts (global-setup.ts). Serverless checks its configuration with a script of eight
 * megabytes, which it compiles each time: a fifth of the time of packaging. What V8 compiled for the first check of a run, the next ones
 * take. The script and its verdicts are Serverless's own.
 */
const FOLDER = process.env.TEST_BUNDLES_FOLDER;
const VALIDATOR = /\[generated-ajv-validate\](\w+)\.js$/;

type Validate = ((config: unknown) => boolean) & { errors?: unknown };
type Loaded = { exports: unknown; _compile(code: string, file: string, ...rest: unknown[]): unknown };

if (FOLDER) {
  const { prototype } = Module as unknown as { prototype: Loaded };
  const compile = prototype._compile;
  prototype._compile = function compileOrTake(code, file, ...rest) {
    const [, name] = VALIDATOR.exec(file) ?? [];
    if (name === undefined) return compile.call(this, code, file, ...rest);
    this.exports = loadValidator(code, file, join(FOLDER, 'validators', name));
    return undefined;
  };
}

function loadValidator(code: string, file: string, kept: string): unknown {
  const cachedData = existsSync(kept) ? readFileSync(kept) : undefined;
  const text = Module.wrap(code);
  const script = new Script(text, { filename: file, ...(cachedData !== undefined && { cachedData }) });
  const loaded: { exports: Validate } = { exports: () => false };
  script.runInThisContext()(loaded.exports, createRequire(file), loaded);
  const validate = loaded.exports;
  if (cachedData !== undefined && script.cachedDataRejected !== true) return validate;
  // Most of it is compiled when a configuration is checked.
  const validateAndKeep: Validate = (config) => {
    const isValid = validate(config);
    validateAndKeep.errors = validate.errors;
    keepFile(kept, script.createCachedData());
    return isValid;
  };
  return validateAndKeep;
}
