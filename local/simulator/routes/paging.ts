import type { Listing } from '../cursor.ts';
import { type Reply, refuseRequest } from '../replies.ts';
import type { RouteRequest } from './route.ts';

export type PageSize = { readonly byDefault: number; readonly max: number };

function readLimit(request: RouteRequest, { byDefault, max }: PageSize): number | undefined {
  const text = request.query.get('limit') ?? String(byDefault);
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= max ? limit : undefined;
}

/**
 * One page of `items`, in the order of their ids, so that a page boundary stays put while items come and go.
 * `paging` is absent on the last page.
 */
export function answerPage<Item extends { readonly id: string }>(
  request: RouteRequest,
  path: string,
  listing: Listing,
  size: PageSize,
  items: readonly Item[],
  toRow: (item: Item) => unknown,
): Reply {
  const { query, cursors } = request;
  const limit = readLimit(request, size);
  if (limit === undefined) return refuseRequest(`limit must be a number between 1 and ${size.max}`);
  const after = query.get('after');
  const afterId = after === undefined ? '0' : cursors.open(after, listing);
  if (afterId === undefined) return refuseRequest('The paging cursor is not valid for this request');

  const left = items
    .filter((item) => Number(item.id) > Number(afterId))
    .sort((first, second) => Number(first.id) - Number(second.id));
  const page = left.slice(0, limit);
  const results = page.map(toRow);
  const last = page.at(-1);
  if (last === undefined || left.length === page.length) return { status: 200, body: { results } };

  const cursor = cursors.seal(listing, last.id);
  const linkQuery = new URLSearchParams([...query].filter(([name]) => name !== 'after'));
  linkQuery.set('after', cursor);
  const link = `${request.baseUrl}${path}?${linkQuery}`;
  return { status: 200, body: { results, paging: { next: { after: cursor, link } } } };
}
