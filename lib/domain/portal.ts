import type { PortalId } from './ids.ts';
import type { ConnectedPortals } from './refresh.ts';

/** A portal's tokens as they are kept: encrypted, with when the access token was issued and ends. */
export type StoredTokens = {
  /** Base64 of what the cipher made of both tokens. */
  readonly ciphertext: string;
  readonly issuedAtEpochMs: number;
  readonly expiresAtEpochMs: number;
};

/** A portal that installed the app, or did once. */
export type Portal = {
  readonly portalId: PortalId;
  /** Another one with each install. Empty in rows of versions that did not have it. */
  readonly installationId: string;
  /** What the portal granted, as HubSpot told it at the last install or refresh. */
  readonly scopes: readonly string[];
  readonly connectedAtEpochMs: number;
  /** Set once HubSpot said that the app was uninstalled or its grant revoked. */
  readonly disconnectedAtEpochMs?: number;
  /**
   * Set when everything that was kept of the portal was deleted on request. Such a row is disconnected, without scopes and
   * tokens; it outlives the others, so that late messages leave no new ones.
   */
  readonly forgottenAtEpochMs?: number;
  readonly tokens: StoredTokens;
  /** Grows with every change of the tokens: whoever changes them names the version they saw. */
  readonly version: number;
};

/** Which tokens somebody saw: those of one installation, after so many changes. */
export type TokenRevision = Pick<Portal, 'installationId' | 'version'>;

/** The portals that installed the app. Reads are consistent: a token that was replaced a moment ago must not be used. */
export type Portals = ConnectedPortals & {
  read(portalId: PortalId): Promise<Portal | undefined>;
  /** An install or a reinstall: replaces the tokens whatever stood there, and leaves the portal's other rows alone. */
  connect(
    portalId: PortalId,
    grant: { readonly scopes: readonly string[]; readonly tokens: StoredTokens },
    atEpochMs: number,
  ): Promise<void>;
  /** Takes the right to refresh the tokens of this revision. Free again after `leaseMs`, whatever became of its holder. */
  takeTokenLease(portalId: PortalId, holderId: string, seen: TokenRevision, leaseMs: number): Promise<boolean>;
  releaseTokenLease(portalId: PortalId, holderId: string): Promise<void>;
  /**
   * Replaces the tokens of the revision, and the scopes when HubSpot told them. False when somebody else replaced them first. A
   * write that was applied although its reply was lost counts as ours.
   */
  saveTokens(
    portalId: PortalId,
    holderId: string,
    seen: TokenRevision,
    grant: { readonly scopes?: readonly string[]; readonly tokens: StoredTokens },
  ): Promise<boolean>;
  /** Only while the tokens of the revision stand: a reinstall in the meantime stays connected. Safe to repeat. */
  disconnect(portalId: PortalId, seen: TokenRevision, atEpochMs: number): Promise<void>;
  /**
   * Leaves a mark of the portal that says it is forgotten, also where nothing was kept of it. Safe to repeat.
   * @param installationId empty where none was seen
   * @returns false when the portal was installed anew meanwhile, which stays as it is
   */
  forget(portalId: PortalId, installationId: string, atEpochMs: number): Promise<boolean>;
  /** Takes a disconnected portal off the list, with its row. Leaves a connected one alone. Safe to repeat. */
  remove(portalId: PortalId): Promise<void>;
  /** Portals that were disconnected before `beforeEpochMs`, and all that are forgotten, page by page. */
  listDisconnected(beforeEpochMs: number): AsyncIterable<readonly PortalId[]>;
};

/** Encrypts with the portal as context: what was encrypted for one cannot be read for another. */
export type TokenCipher = {
  /** Base64. */
  encrypt(portalId: PortalId, plaintext: string): Promise<string>;
  /** @throws {TokenCipherError} when the text is not what was encrypted for this portal, or the key cannot be used */
  decrypt(portalId: PortalId, ciphertext: string): Promise<string>;
};

/** What HubSpot's token endpoint granted. */
export type Grant = {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
  /** HubSpot's `hub_id`; absent from some replies, which introspection then tells. */
  readonly portalId?: PortalId;
  readonly scopes?: readonly string[];
};

/** HubSpot's OAuth endpoints for our app. */
export type OAuthApp = {
  /** @throws {AuthorizationCodeError} when the code is used, expired or not ours; {OAuthClientError}; {UpstreamUnavailableError} */
  exchangeCode(code: string, deadlineEpochMs: number): Promise<Grant>;
  /** @throws {GrantRevokedError} when the portal must connect again; {OAuthClientError}; {UpstreamUnavailableError} */
  refresh(refreshToken: string, deadlineEpochMs: number): Promise<Grant>;
  /** What HubSpot says of an access token; undefined when it is not active. */
  introspect(
    accessToken: string,
    deadlineEpochMs: number,
  ): Promise<{ readonly portalId: PortalId; readonly scopes: readonly string[] } | undefined>;
  /** Safe to repeat: a grant that is gone already is no error. */
  revoke(refreshToken: string, deadlineEpochMs: number): Promise<void>;
  /** Uninstalls the app from the portal of the access token. Safe to repeat. */
  uninstall(accessToken: string, deadlineEpochMs: number): Promise<void>;
};
