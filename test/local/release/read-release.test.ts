import { readRelease, type Sources } from '../../../local/release/read-release.ts';

const CHANGELOG = `# Changelog

For whoever installs the app.

## [Unreleased]

### Added

- Something that is not out yet.

## 1.2.3 - 2026-11-27

### Added

- A step that sets owners.

### Fixed

- Two of its faults.

## [1.2.2] - 2026-10-01

- The version before.

## 1.2.1

- A section without a date.

## 1.2.0 - 2026-09-01
`;

function makeSources(tag: string, changes: Partial<Sources> = {}): Sources {
  const version = tag.slice(1);
  return {
    tag,
    packageJson: JSON.stringify({ version }),
    packageLock: JSON.stringify({ version, packages: { '': { version } } }),
    changelog: CHANGELOG,
    ...changes,
  };
}

it('The release notes are those of the tag’s version, without those of its neighbors', () => {
  expect(readRelease(makeSources('v1.2.3'))).toEqual({
    version: '1.2.3',
    date: '2026-11-27',
    notes: '### Added\n\n- A step that sets owners.\n\n### Fixed\n\n- Two of its faults.',
  });
});

it('A heading of the changelog may be in brackets', () => {
  expect(readRelease(makeSources('v1.2.2')).notes).toBe('- The version before.');
});

it('The release notes leave out the links at the end of the changelog', () => {
  const changelog = '## 2.0.0 - 2026-12-01\n\n- All new.\n\n[2.0.0]: https://example.com/compare\n';
  expect(readRelease(makeSources('v2.0.0', { changelog })).notes).toBe('- All new.');
});

it.each([
  { what: 'a tag without v', tag: '1.2.3', reason: /not v and a version/ },
  { what: 'a tag with a word', tag: 'vNext', reason: /not v and a version/ },
  { what: 'a version without a section', tag: 'v9.9.9', reason: /no section for 9\.9\.9/ },
  { what: 'the unreleased section', tag: 'vUnreleased', reason: /not v and a version/ },
  { what: 'a section without a date', tag: 'v1.2.1', reason: /1\.2\.1 has no date/ },
  { what: 'an empty section', tag: 'v1.2.0', reason: /1\.2\.0 is empty/ },
])('A release is refused for $what', ({ tag, reason }) => {
  expect(() => readRelease(makeSources(tag))).toThrow(reason);
});

it.each([
  { what: 'package.json', changes: { packageJson: '{"version":"1.2.2"}' } },
  { what: 'package-lock.json', changes: { packageLock: '{"version":"1.2.2","packages":{"":{"version":"1.2.3"}}}' } },
  {
    what: 'package-lock.json, packages[""]',
    changes: { packageLock: '{"version":"1.2.3","packages":{"":{"version":"1.2.2"}}}' },
  },
])('A release is refused for a tag that $what does not have', ({ what, changes }) => {
  expect(() => readRelease(makeSources('v1.2.3', changes))).toThrow(
    `${what} has version 1.2.2, but the tag is v1.2.3.`,
  );
});
