/**
 * As many items from the start as fit, but at least one. Values from outside may be very long, and an item of the table holds 400
 * KB.
 */
export function withinBytes<T>(items: readonly T[], maxBytes: number): readonly T[] {
  let bytes = 0;
  return items.filter((item, index) => {
    bytes += bytesOf(item);
    return index === 0 || bytes <= maxBytes;
  });
}

/** Pieces in the same order, each as large as fits. An item that is too large gets a piece of its own. */
export function piecesWithin<T>(
  items: readonly T[],
  { maxItems, maxBytes }: { readonly maxItems: number; readonly maxBytes: number },
): T[][] {
  const pieces: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const more = bytesOf(item);
    bytes += more;
    const last = pieces.at(-1);
    if (last !== undefined && last.length < maxItems && bytes <= maxBytes) {
      last.push(item);
    } else {
      pieces.push([item]);
      bytes = more;
    }
  }
  return pieces;
}

/** The size as JSON, with names and quotes. It is never smaller than what DynamoDB counts. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
