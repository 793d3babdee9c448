import { randomUUID } from 'node:crypto';

export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** HubSpot's standard error body (error handling page, read 2026-11-23). */
export function refuse(
  status: number,
  category: string,
  message: string,
  more: { readonly errors?: readonly unknown[]; readonly headers?: Readonly<Record<string, string>> } = {},
): Reply {
  const body = { status: 'error', message, correlationId: randomUUID(), category };
  return {
    status,
    body: more.errors === undefined ? body : { ...body, errors: more.errors },
    ...(more.headers === undefined ? {} : { headers: more.headers }),
  };
}

export function refuseRequest(message: string): Reply {
  return refuse(400, 'VALIDATION_ERROR', message);
}

/** The body seen on the wire for missing and deleted records alike (object APIs, read 2026-11-23). */
export function resourceNotFound(): Reply {
  return refuse(404, 'OBJECT_NOT_FOUND', 'resource not found');
}

/** The same 404 from HubSpot's edge, which knows nothing about records. */
export function toNotFound(reply: Reply, body: 'json' | 'html' | 'empty'): Reply {
  if (body === 'json') return reply;
  const isPage = body === 'html';
  const headers = { ...reply.headers, ...(isPage && { 'Content-Type': 'text/html;charset=utf-8' }) };
  return { ...reply, headers, body: isPage ? '<html><body><h1>404 Not Found</h1></body></html>' : '' };
}

/** One of the scopes is enough. */
export function missingScope(...scopes: readonly string[]): Reply {
  const message = 'One or more of the following scopes are required.';
  return refuse(403, 'MISSING_SCOPES', "This app hasn't been granted all required scopes to make this call.", {
    errors: [{ message, context: { requiredGranularScopes: scopes } }],
  });
}
