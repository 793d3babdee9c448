import Module from 'node:module';

/**
 * Loaded into every program that a test run starts (global-setup.ts). With each package, Serverless writes its state down and replaces
 * what it met before by the path to it. It looks through all that it has met, and throws an error for each value that is
 * no date, which is a sixth of the time of packaging. Here a map remembers the paths. The text is the same.
 */
type Loader = { _load(request: string, ...rest: unknown[]): unknown };

if (process.env.TEST_BUNDLES_FOLDER) {
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = function loadModule(request, ...rest) {
    const loaded = load.call(this, request, ...rest);
    return request === 'json-cycle' ? { ...(loaded as object), decycle, stringify } : loaded;
  };
}

function stringify(value: unknown, replacer: null, space: number | string): string {
  return JSON.stringify(decycle(value), replacer, space);
}

function decycle(whole: unknown): unknown {
  const paths = new Map<object, string>();
  const copy = (given: unknown, path: string): unknown => {
    const value = hasToJson(given) ? given.toJSON() : given;
    if (typeof value !== 'object' || value === null) return value;
    const known = paths.get(value);
    if (known !== undefined) return { $ref: known };
    paths.set(value, path);
    if (Array.isArray(value)) return value.map((each, index) => copy(each, `${path}[${index}]`));
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, copy(each, `${path}[${JSON.stringify(name)}]`)]),
    );
  };
  return copy(whole, '$');
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown } | null | undefined)?.toJSON === 'function';
}
