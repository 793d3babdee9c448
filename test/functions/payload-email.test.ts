import fc from 'fast-check';
import { type PortalId, parsePortalId } from '../../lib/domain/ids.ts';
import { itemKey } from '../../lib/store/keys.ts';
import { JANE, makeOfflineService, PORTAL } from '../support/offline-service.ts';

const KEY_RUNS = 1_000;
const EMAIL_RUNS = 1_000;
const LONGEST_DOMAIN = `${'d'.repeat(63)}.${'d'.repeat(63)}.${'d'.repeat(57)}.com`;
/** 64 + 1 + 189 characters. */
const LONGEST = `${'l'.repeat(64)}@${LONGEST_DOMAIN}`;

async function give(ownerEmail: unknown, owners: readonly object[] = [JANE]) {
  const service = makeOfflineService({ owners });
  const { outputs } = await service.execute({ inputFields: { ownerEmail } });
  return { outputs, ...service };
}

describe('Missing emails', () => {
  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['white space', ' \t\r\n '],
    ['invisible characters', '\u200b\ufeff\u00a0'],
    ['the word null', 'null'],
    ['the word null in capitals', 'NULL'],
    ['the word undefined', 'undefined'],
  ])('[P8] An email that is %s gives EMAIL_MISSING, and nothing is called', async (_name, value) => {
    const { outputs, requests } = await give(value);
    expect(outputs).toMatchObject({ errorCode: 'EMAIL_MISSING', hs_execution_state: 'FAIL_CONTINUE' });
    expect(requests).toEqual([]);
  });
});

describe('Forms of one email', () => {
  it.each([
    ['plain', 'jane@example.com'],
    ['in capitals', 'JANE@EXAMPLE.COM'],
    ['with white space around', '\t jane@example.com \r\n'],
    ['with a display name', 'Jane Doe <jane@example.com>'],
    ['with a quoted display name', '"Doe, Jane" <jane@example.com>'],
    ['in angle brackets', '<jane@example.com>'],
    ['as a link', 'mailto:jane@example.com'],
    ['as a link with a subject', 'MAILTO:jane@example.com?subject=Hello'],
    ['with invisible characters around', '\u200bjane@example.com\u200f'],
  ])('[P9] The action reads every form of an email: %s', async (_name, value) => {
    expect((await give(value)).outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: JANE.id });
  });

  it.each([
    ['no at sign', 'jane.example.com'],
    ['two at signs', 'jane@@example.com'],
    ['a trailing dot', 'jane@example.com.'],
    ['a leading dot in the domain', 'jane@.example.com'],
    ['quotes', '"jane"@example.com'],
    ['single quotes around', "'jane@example.com'"],
    ['a space inside', 'jane doe@example.com'],
    ['two separated by ;', 'jane@example.com;joe@example.com'],
    ['two separated by a comma', 'jane@example.com, joe@example.com'],
    ['two separated by a space', 'jane@example.com joe@example.com'],
    ['two in angle brackets', '<jane@example.com> <joe@example.com>'],
    ['an address for a name', 'joe@example.com <jane@example.com>'],
    ['a line break inside', 'jane@\nexample.com'],
    ['a NUL inside', 'jane\0@example.com'],
    ['a zero width space inside', 'ja\u200bne@example.com'],
    ['a direction override inside', 'jane@example\u202e.com'],
    ['half a surrogate', 'jane\ud800@example.com'],
    ['no domain', 'jane@'],
    ['a host without a dot', 'jane@localhost'],
  ])('[P9, P10] The action guesses nothing from an email with %s', async (_name, value) => {
    const { outputs, requests } = await give(value);
    expect(outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'EMAIL_INVALID' });
    expect(requests).toEqual([]);
  });
});

describe('Unicode', () => {
  it.each([
    ['composed and decomposed', 'zoe\u0308@example.com', 'zo\u00eb@example.com'],
    ['a dotted capital I, which lower-cases to two characters', '\u0130nci@example.com', 'i\u0307nci@example.com'],
  ])('[P10] The action matches spellings in the workflow and in HubSpot: %s', async (_name, one, other) => {
    for (const [asked, stored] of [
      [one, other],
      [other, one],
    ]) {
      expect((await give(asked, [{ ...JANE, email: stored }])).outputs).toMatchObject({ outcome: 'ASSIGNED' });
    }
  });

  it.each([
    ['a Cyrillic а', 'j\u0430ne@example.com'],
    ['full width letters', '\uff4aane@example.com'],
    ['a dotless ı', 'jane@ex\u0131mple.com'],
  ])('[P10] An email with %s belongs to somebody else', async (_name, value) => {
    expect((await give(value)).outputs).toMatchObject({ errorCode: 'OWNER_NOT_FOUND' });
  });
});

describe('Length', () => {
  it('[P11] An email of 254 characters is accepted and one of 255 is refused', async () => {
    const found = await give(LONGEST, [{ ...JANE, email: LONGEST }]);
    expect(LONGEST).toHaveLength(254);
    expect(found.outputs).toMatchObject({ outcome: 'ASSIGNED' });
    expect(Math.max(...found.keys.map((key) => Buffer.byteLength(key)))).toBeLessThan(1024);
    expect((await give(`${LONGEST}m`)).outputs).toMatchObject({ errorCode: 'EMAIL_INVALID' });
  });

  it.each([300, 1_024, 1_025, 200_000])('[P11] An email of %d characters is never part of a key', async (length) => {
    const { outputs, keys, requests } = await give(`${'a'.repeat(length - 12)}@example.com`);
    expect(outputs).toMatchObject({ errorCode: 'EMAIL_INVALID' });
    expect(outputs.errorMessage?.length).toBeLessThan(400);
    expect(outputs.ownerEmail).toHaveLength(254);
    expect(requests).toEqual([]);
    expect(keys.filter((key) => !key.includes('#execution#'))).toEqual([]);
  });

  it('[P11] An email of a megabyte makes the request too large', async () => {
    const service = makeOfflineService();
    const answer = await service.execute({ inputFields: { ownerEmail: `${'a'.repeat(1_048_576)}@example.com` } });
    expect(answer.status).toBe(413);
    expect(service.keys).toEqual([]);
  });
});

describe('Keys of the table', () => {
  const nasty = fc.stringMatching(/^[a-z1#|:/.@-]{0,24}$/);
  const kind = fc.constantFrom('email', 'owner', 'user', 'execution');
  const portal = fc.integer({ min: 1, max: 12 }).map((id) => parsePortalId(id) as PortalId);

  it('[P12] Two table keys are equal only when account, kind and value are equal', () => {
    const law = fc.property(portal, kind, nasty, portal, kind, nasty, (p1, k1, v1, p2, k2, v2) => {
      const [one, other] = [itemKey(p1, k1, v1), itemKey(p2, k2, v2)];
      expect(one.pk.S === other.pk.S && one.sk.S === other.sk.S).toBe(p1 === p2 && k1 === k2 && v1 === v2);
      expect(one.pk.S.startsWith(`portal#${p1}#${k1}#`)).toBe(true);
    });
    fc.assert(law, { numRuns: KEY_RUNS });
  });

  it('[P12] No email and no callback ID leads to the row of another account or kind', async () => {
    const service = makeOfflineService();
    const email = fc.oneof(
      fc.emailAddress(),
      nasty.map((text) => `${text}@example.com`),
      fc.constantFrom('a#email#b@example.com', `x#portal#2#owner#1@example.com`, '2#email#jane@example.com'),
    );
    const law = fc.asyncProperty(email, nasty, async (ownerEmail, callbackId) => {
      service.forget();
      const { status } = await service.execute({ callbackId, inputFields: { ownerEmail } });
      expect(status).toBe(200);
      for (const key of service.keys)
        expect(key).toMatch(
          new RegExp(`^portal#${PORTAL}#((email|owner|user|execution)#.|alias$|unresolved$|budget$)`),
        );
      const emailKeys = service.keys.filter((key) => key.startsWith(`portal#${PORTAL}#email#`));
      const expected = `portal#${PORTAL}#email#${ownerEmail.toLowerCase()}`;
      expect(emailKeys.every((key) => key === expected)).toBe(true);
    });
    await fc.assert(law, { numRuns: EMAIL_RUNS });
  });
});
