export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined when the text is no JSON. */
  readonly json: unknown;
};

type Call = { readonly method: string; readonly path: string; readonly body?: object };

export type Api = {
  get(path: string): Promise<Answer>;
  patch(path: string, body: object): Promise<Answer>;
  post(path: string, body: object): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Without a token: the form says who calls. */
  postForm(path: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
  /** The same API with another token. */
  as(token: string): Api;
  /** Calls at once, as many as are given, with neither pace nor repetition. */
  rush(paths: readonly string[]): Promise<readonly Answer[]>;
};

export type ApiOptions = {
  readonly baseUrl: string;
  readonly token: string;
  readonly sleep: (ms: number) => Promise<void>;
};

const TIMEOUT_MS = 30_000;
/** So many calls of the limit are left to others. */
const RESERVE = 10;
const WINDOW_MS = 10_000;
/** The pace where no header says how many calls are left: below the lowest limit, a hundred in ten seconds. */
const BLIND_PAUSE_MS = 110;
const MAX_REPEATS = 3;

/** A plain client of HubSpot's API that stays below the rate limit. Its errors hold no token and no query. */
export function createApi({ baseUrl, token, sleep }: ApiOptions): Api {
  let waitMs = 0;

  async function exchange(path: string, init: RequestInit): Promise<Answer> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(`${baseUrl}${path}`, { ...init, redirect: 'error', signal });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: parse(text) };
    } catch (error) {
      // The cause names the address with its query, in which there may be an email.
      throw new Error(`no answer to ${init.method} ${path.split('?')[0]} (${faultOf(error)})`);
    }
  }

  async function paced(path: string, init: RequestInit): Promise<Answer> {
    for (let repeats = 0; ; repeats += 1) {
      if (waitMs > 0) await sleep(waitMs);
      const answer = await exchange(path, init);
      const isLimited = answer.status === 429;
      waitMs = isLimited ? WINDOW_MS : pauseAfter(answer.headers);
      if (!isLimited || repeats >= MAX_REPEATS) return answer;
    }
  }

  function toInit({ method, body }: Omit<Call, 'path'>, bearer: string): RequestInit {
    const headers = { Accept: 'application/json', Authorization: `Bearer ${bearer}` };
    if (body === undefined) return { method, headers };
    return { method, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  }

  function makeApi(bearer: string): Api {
    const call = ({ path, ...rest }: Call) => paced(path, toInit(rest, bearer));
    return {
      get: (path) => call({ method: 'GET', path }),
      patch: (path, body) => call({ method: 'PATCH', path, body }),
      post: (path, body) => call({ method: 'POST', path, body }),
      delete: (path) => call({ method: 'DELETE', path }),
      postForm: (path, fields) => paced(path, { method: 'POST', body: new URLSearchParams(fields) }),
      as: makeApi,
      rush: (paths) => Promise.all(paths.map((path) => exchange(path, toInit({ method: 'GET' }, bearer)))),
    };
  }
  return makeApi(token);
}

function pauseAfter(headers: Headers): number {
  const remaining = headers.get('x-hubspot-ratelimit-remaining');
  if (remaining === null) return BLIND_PAUSE_MS;
  return Number(remaining) > RESERVE ? 0 : WINDOW_MS;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultOf(error: unknown): string {
  const { name, cause } = Object(error) as { name?: unknown; cause?: unknown };
  const { code } = Object(cause) as { code?: unknown };
  return String(code ?? name ?? 'unknown');
}
