/** The parts of a request line that decide where it goes. */
export type RequestTarget = {
  readonly path: string;
  readonly segments: readonly string[];
  readonly query: ReadonlyMap<string, string>;
};

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

export function pathOf(url: string): string {
  const queryAt = url.indexOf('?');
  return queryAt === -1 ? url : url.slice(0, queryAt);
}

/** A text instead of a target says what no correct client would send. */
export function parseRequestTarget(url: string): RequestTarget | string {
  const path = pathOf(url);
  if (/%2f|%5c/i.test(path)) return 'percent-encoded slash in the path';
  const rawSegments = path.split('/').slice(1);
  const segments = rawSegments.map(decodeSegment);
  if (!path.startsWith('/') || segments.some((segment) => segment === undefined || segment === '')) {
    return 'malformed path';
  }
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(url.slice(path.length))) {
    if (query.has(name)) return `query parameter ${name} given twice`;
    query.set(name, value);
  }
  return { path, segments: segments.filter((segment) => segment !== undefined), query };
}

/** Paths with a numbered version end in 2027; only the dated ones last (HubSpot changelog, read 2026-11-23). */
export function isLegacyPath(path: string): boolean {
  return path
    .split('/')
    .slice(1, 5)
    .some((segment) => /^v[1-4]$/.test(segment));
}
