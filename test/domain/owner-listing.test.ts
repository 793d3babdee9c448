import { addPage, completeListing, MAX_SYNC_PAGES, type OwnerSync, startSync } from '../../lib/domain/owner-listing.ts';
import { toOwnerId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../builders/owner.ts';

const JANE = makeOwner({ id: '1', userId: '101' });
const OMAR = makeOwner({ id: '2', userId: '102', email: 'omar@example.com' });
const LENA = makeArchivedOwner({ id: '3', userId: '103', email: 'lena@example.com' });
const last = (...owners: (typeof JANE)[]) => ({ owners, after: undefined });
const swept = (...pages: Parameters<typeof addPage>[1][]): OwnerSync => pages.reduce(addPage, startSync(7));

it('A listing is complete only after the last page of both its halves', () => {
  const active = swept({ owners: [JANE], after: 'c1' }, last(OMAR));
  expect(completeListing(swept({ owners: [JANE], after: 'c1' }))).toBeUndefined();
  expect(completeListing(active)).toBeUndefined();
  const listing = completeListing(addPage(active, last(LENA)));
  expect([...(listing?.owners.keys() ?? [])]).toEqual(['1', '2', '3']);
  expect(listing?.startedAtEpochMs).toBe(7);
});

it('[R4] A listing counts an owner once, however often the pages show it, and as archived when both halves have it', () => {
  const moved = makeArchivedOwner({ id: '1', userId: '101' });
  const listing = completeListing(swept({ owners: [JANE], after: 'c1' }, last(JANE, OMAR), last(moved, LENA)));
  expect([...(listing?.owners.values() ?? [])].map(({ id, archived }) => [id, archived])).toEqual([
    ['1', true],
    ['2', false],
    ['3', true],
  ]);
});

it('A listing continues after an empty page that has a cursor', () => {
  const sweep = swept({ owners: [], after: 'c1' });
  expect(sweep).toMatchObject({ stage: 'active', after: 'c1' });
  expect(completeListing(swept({ owners: [], after: 'c1' }, last(JANE), last()))?.owners.size).toBe(1);
});

it('[R3] A listing refuses a repeated cursor and pages that never end', () => {
  const sweep = swept({ owners: [JANE], after: 'c1' }, { owners: [OMAR], after: 'c2' });
  expect(() => addPage(sweep, { owners: [], after: 'c1' })).toThrow(
    expect.objectContaining({ reason: 'repeated_cursor' }),
  );
  const endless = { ...startSync(7), pages: MAX_SYNC_PAGES - 2 };
  const onePageLess = addPage(endless, { owners: [], after: 'c3' });
  expect(() => addPage(onePageLess, { owners: [], after: 'c4' })).toThrow(
    expect.objectContaining({ reason: 'too_many_pages' }),
  );
});

it('The archived half of a listing may use a cursor that the active half used', () => {
  const sweep = swept({ owners: [JANE], after: 'c1' }, last(OMAR), { owners: [LENA], after: 'c1' });
  expect(sweep).toMatchObject({ stage: 'archived', after: 'c1' });
});

it('A listing without a single owner is refused', () => {
  expect(() => completeListing(swept(last(), last()))).toThrow(expect.objectContaining({ reason: 'no_owners' }));
});

describe('Unreadable rows', () => {
  const odd = (...ids: (string | undefined)[]) => ids.map((id) => (id === undefined ? undefined : toOwnerId(id)));

  it('[T1] An unreadable row is left out and counted, wherever it is, and the other rows are used', () => {
    const pages = [
      { owners: [JANE], odd: odd('9001'), after: 'c1' },
      { owners: [], odd: odd('9002'), after: undefined },
      { owners: [], odd: odd(undefined), after: undefined },
    ];
    const listing = completeListing(swept(...pages));
    expect([...(listing?.owners.keys() ?? [])]).toEqual(['1']);
    expect(listing?.oddRows).toBe(3);
    expect([...(listing?.oddIds ?? [])]).toEqual(['9001', '9002', undefined]);
  });

  it('[T1] An unreadable row hides the same owner in the other half, because nobody knows how they moved', () => {
    const listing = completeListing(swept(last(JANE, OMAR), { owners: [LENA], odd: odd('1'), after: undefined }));
    expect([...(listing?.owners.keys() ?? [])]).toEqual(['2', '3']);
  });

  it.each([
    ['the first page has no other row', [{ owners: [], odd: odd('1'), after: 'c1' }]],
    ['a page has two and no other', [last(JANE), { owners: [], odd: odd('1', undefined), after: undefined }]],
  ])('[T1] Unreadable rows break the listing when %s', (_why, pages) => {
    expect(() => swept(...pages)).toThrow(expect.objectContaining({ reason: 'odd_rows' }));
  });
});

it('Adding pages to a listing takes time in proportion to the pages, because nothing is copied', () => {
  const sweep = startSync(7);
  const added = addPage(sweep, { owners: [JANE], after: 'c1' });
  expect(added.owners).toBe(sweep.owners);
  expect(added.seenCursors).toBe(sweep.seenCursors);
});
