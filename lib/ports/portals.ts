import type { PortalId } from '../domain/ids.ts';
import type { Grant, Portal, PortalToken, StoredTokens, TokenRevision } from '../domain/portal.ts';

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
   * Replaces the tokens of the revision, and the scopes when HubSpot named them. False when somebody else replaced them first. A
   * write that was applied although its reply was lost counts as ours.
   *
   * Rotated tokens also connect the portal again if it was disconnected with those of the revision: the refresh token that
   * HubSpot refused is not the newest.
   */
  saveTokens(
    portalId: PortalId,
    holderId: string,
    seen: TokenRevision,
    grant: { readonly scopes?: readonly string[]; readonly tokens: StoredTokens; readonly isRotated?: boolean },
  ): Promise<boolean>;
  /** Only while the tokens of the revision stand: a reinstall in the meantime stays connected. Safe to repeat. */
  disconnect(portalId: PortalId, seen: TokenRevision, atEpochMs: number): Promise<void>;
  /**
   * Leaves a mark of the portal that says it is forgotten, also where nothing was kept of it. Safe to repeat.
   * @param installationId empty where none was seen
   * @returns false when the portal was installed again meanwhile, which is kept
   */
  forget(portalId: PortalId, installationId: string, atEpochMs: number): Promise<boolean>;
  /** Takes a disconnected portal off the list, with its row. Leaves a connected one alone. Safe to repeat. */
  remove(portalId: PortalId): Promise<void>;
  /** Portals that were disconnected before `beforeEpochMs`, and all that are forgotten, page by page. */
  listDisconnected(beforeEpochMs: number): AsyncIterable<readonly PortalId[]>;
};

/** HubSpot's OAuth endpoints for our app. */
export type OAuthApp = {
  /** @throws {AuthorizationCodeError} when the code is used, expired or not ours; {OAuthClientError}; {UpstreamUnavailableError} */
  exchangeCode(code: string, deadlineEpochMs: number): Promise<Grant>;
  /** @throws {GrantRevokedError} when the portal must connect again; {OAuthClientError}; {UpstreamUnavailableError} */
  refresh(refreshToken: string, deadlineEpochMs: number): Promise<Grant>;
  /** What HubSpot says of an access token, where it says what was granted; undefined when it is not active. */
  introspect(
    accessToken: string,
    deadlineEpochMs: number,
  ): Promise<{ readonly portalId: PortalId; readonly scopes: readonly string[] | undefined } | undefined>;
  /** The account that an access token opens, as the account itself says it. */
  findAccount(accessToken: string, deadlineEpochMs: number): Promise<PortalId>;
  /** Safe to repeat: a grant that is gone already is no error. */
  revoke(refreshToken: string, deadlineEpochMs: number): Promise<void>;
  /** Uninstalls the app from the portal of the access token. Safe to repeat. A token that HubSpot rejects may be rejected alone. */
  uninstall(accessToken: string, deadlineEpochMs: number): Promise<'tokenRejected' | undefined>;
};

/** The access token of a portal. Each call ends before its deadline, with a token or an error. */
export type PortalTokens = {
  /** @throws {PortalNotConnectedError} when nobody has connected the portal, as the table says now */
  getToken(portalId: PortalId, deadlineEpochMs: number): Promise<PortalToken>;
  /**
   * The portal's token after HubSpot refused one; undefined when the portal has no other. Never answered from memory alone.
   * @throws {PortalNotConnectedError | StoreUnavailableError}
   */
  findNewerToken(portalId: PortalId, used: PortalToken, deadlineEpochMs: number): Promise<PortalToken | undefined>;
  /**
   * Has a rejected token refreshed. Callers that lost a race get the newer token. A static token comes back as it is.
   * @throws {PortalNotConnectedError} when there is no other token
   */
  refreshToken(portalId: PortalId, rejected: PortalToken, deadlineEpochMs: number): Promise<PortalToken>;
};

/** Portals that the app is connected to, page by page. */
export type ConnectedPortals = { listConnected(): AsyncIterable<readonly PortalId[]> };

/** What the install pages send through HubSpot and back, each good for one install. */
export type OAuthStates = {
  /**
   * Takes a state into use: true the first time only, whoever asks and however many at once. A write that was applied although
   * its reply was lost counts as the first time.
   * @param expiresAtEpochMs when the state expires, after which nothing needs to be remembered of it
   */
  consume(nonce: string, expiresAtEpochMs: number): Promise<boolean>;
};

/** Everything that is kept of a portal. */
export type PortalData = {
  /**
   * Deletes every row of the portal but the one that says whether it is connected. Safe to repeat, and to stop at any time:
   * `isDone` says whether it reached the end. The next call for the same leaving continues where this one stopped.
   * @param isBack whether the portal has come back since: asked before every few rows, which then stay
   * @returns how many rows this call deleted
   */
  purge(
    portalId: PortalId,
    mayGoOn: () => boolean,
    leftAtEpochMs?: number,
    isBack?: () => Promise<boolean>,
  ): Promise<{ readonly deleted: number; readonly isDone: boolean }>;
};
