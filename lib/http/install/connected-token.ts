import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { type PortalId, parsePortalId } from '../../domain/ids.ts';

/**
 * The account of the page `/oauth/connected`, in its address. It is encrypted, so that a person who finds the address later
 * learns nothing.
 *
 *     base64url(nonce 12 │ AES-256-GCM of "portal ID, expiry in epoch ms, first refresh" │ tag 16)
 *
 * It only allows a look at the page. The page's data comes from the table.
 */
export type ConnectedView = { readonly portalId: PortalId; readonly firstRefresh: 'queued' | 'tonight' };

export type ViewVerdict =
  | ({ readonly valid: true } & ConnectedView)
  | { readonly valid: false; readonly reason: 'expired' | 'invalid' };

/** Long enough to return to the page while creating the first workflow. */
export const VIEW_LIFETIME_MS = 3_600_000;

/** The name of the token in the address. */
export const VIEW_PARAMETER = 'view';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TOKEN = /^[\w-]{40,200}$/;
const KEY_PURPOSE = 'set-owner-by-email connected page v1';

/** A separate key, derived from the app's client secret, so that nothing else can decrypt its texts. */
export function deriveViewKey(clientSecret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', clientSecret, '', KEY_PURPOSE, 32));
}

export function sealView(
  { portalId, firstRefresh }: ConnectedView,
  {
    viewKey,
    nowEpochMs,
    randomBytes,
  }: {
    readonly viewKey: Uint8Array;
    readonly nowEpochMs: number;
    readonly randomBytes: (size: number) => Uint8Array;
  },
): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, viewKey, nonce);
  const text = `${portalId},${nowEpochMs + VIEW_LIFETIME_MS},${firstRefresh}`;
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

export function openView(
  token: string | undefined,
  { viewKey, nowEpochMs }: { readonly viewKey: Uint8Array; readonly nowEpochMs: number },
): ViewVerdict {
  const [id, expiresAtEpochMs, firstRefresh] = decrypt(token, viewKey)?.split(',') ?? [];
  const portalId = parsePortalId(id);
  if (portalId === undefined || (firstRefresh !== 'queued' && firstRefresh !== 'tonight')) {
    return { valid: false, reason: 'invalid' };
  }
  if (nowEpochMs >= Number(expiresAtEpochMs)) return { valid: false, reason: 'expired' };
  return { valid: true, portalId, firstRefresh };
}

/** Undefined if this key did not encrypt the text. */
function decrypt(token: string | undefined, viewKey: Uint8Array): string | undefined {
  if (token === undefined || !TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const decipher = createDecipheriv(CIPHER, viewKey, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // `final` only throws if the tag does not match this key and text.
    return undefined;
  }
}
