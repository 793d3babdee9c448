import type { Deadline } from '../domain/deadline.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Grant, Portal, PortalToken, StoredTokens, TokenRevision } from '../domain/portal.ts';

/** What the portals granted. Reads are consistent: a token that was replaced a moment ago must not be used. */
export type PortalGrants = {
  read(portalId: PortalId): Promise<Portal | undefined>;
  /** Takes the right to refresh the tokens of this revision. It expires after `leaseMs`, even if its holder crashed. */
  takeTokenLease(portalId: PortalId, holderId: string, seen: TokenRevision, leaseMs: number): Promise<boolean>;
  releaseTokenLease(portalId: PortalId, holderId: string): Promise<void>;
  /**
   * Replaces the tokens of the revision, and the scopes if HubSpot named them. False if somebody else replaced them first. A
   * write whose reply was lost counts as ours.
   *
   * Rotated tokens also reconnect a portal that was disconnected with those of the revision, because the refresh token that
   * HubSpot refused is not the newest.
   */
  saveTokens(
    portalId: PortalId,
    holderId: string,
    seen: TokenRevision,
    grant: { readonly scopes?: readonly string[]; readonly tokens: StoredTokens; readonly isRotated?: boolean },
  ): Promise<boolean>;
  /** Only if the tokens are still those of the revision: a reinstall in the meantime stays connected. Safe to repeat. */
  disconnect(portalId: PortalId, seen: TokenRevision, atEpochMs: number): Promise<void>;
};

/** The portals that installed the app. */
export type Portals = PortalGrants &
  ConnectedPortals & {
    /** An install or a reinstall: replaces all tokens, and does not change the portal's other rows. */
    connect(
      portalId: PortalId,
      grant: { readonly scopes: readonly string[]; readonly tokens: StoredTokens },
      atEpochMs: number,
    ): Promise<void>;
    /**
     * Marks the portal as deleted, even if nothing was stored for it. Safe to repeat.
     * @param installationId empty if no installation was read
     * @returns false if the portal was installed again meanwhile; it is then kept
     */
    forget(portalId: PortalId, installationId: string, atEpochMs: number): Promise<boolean>;
    /** Removes a disconnected portal from the list, with its row. Does not change a connected one. Safe to repeat. */
    remove(portalId: PortalId): Promise<void>;
    /** Portals that were disconnected before `beforeEpochMs`, and all deleted ones, page by page. */
    listDisconnected(beforeEpochMs: number): AsyncIterable<readonly PortalId[]>;
  };

/** HubSpot's OAuth endpoints for our app. */
export type OAuthApp = {
  /** @throws {AuthorizationCodeError} if the code is used, expired or not ours; {OAuthClientError}; {UpstreamUnavailableError} */
  exchangeCode(code: string, deadline: Deadline): Promise<Grant>;
  /**
   * @param grantedTo the client ID of the app that got the refresh token, if it is known
   * @throws {GrantRevokedError} if the portal must connect again; {OAuthClientError}; {UpstreamUnavailableError}
   */
  refresh(refreshToken: string, deadline: Deadline, grantedTo?: string): Promise<Grant>;
  /** HubSpot's description of an access token, with the scopes if it names them; undefined if it is not active. */
  introspect(
    accessToken: string,
    deadline: Deadline,
  ): Promise<{ readonly portalId: PortalId; readonly scopes: readonly string[] | undefined } | undefined>;
  /** The account that an access token opens, as the account's own API says. */
  findAccount(accessToken: string, deadline: Deadline): Promise<PortalId>;
  /** Safe to repeat: a grant that is already gone is not an error. */
  revoke(refreshToken: string, deadline: Deadline): Promise<void>;
  /**
   * Uninstalls the app from the portal of the access token. Safe to repeat. If HubSpot rejects the token, the app may still be
   * installed.
   */
  uninstall(accessToken: string, deadline: Deadline): Promise<'tokenRejected' | undefined>;
};

/** The access token of a portal. Each call ends before its deadline, with a token or an error. */
export type PortalTokens = {
  /** @throws {PortalNotConnectedError} if the table says now that nobody has connected the portal */
  getToken(portalId: PortalId, deadline: Deadline): Promise<PortalToken>;
  /**
   * The portal's token after HubSpot refused one; undefined if it has no other. Never answered from memory alone.
   * @throws {PortalNotConnectedError | StoreUnavailableError}
   */
  findNewerToken(portalId: PortalId, used: PortalToken, deadline: Deadline): Promise<PortalToken | undefined>;
  /**
   * Refreshes a rejected token. Callers that lost a race get the newer token. A static token is returned unchanged.
   * @throws {PortalNotConnectedError} if there is no other token
   */
  refreshToken(portalId: PortalId, rejected: PortalToken, deadline: Deadline): Promise<PortalToken>;
};

/** For work that needs no token, but a connected portal: `getToken`. @throws {PortalNotConnectedError} */
export type EnsureConnected = (portalId: PortalId, deadline: Deadline) => Promise<unknown>;

/** Portals that the app is connected to, page by page. */
export type ConnectedPortals = { listConnected(): AsyncIterable<readonly PortalId[]> };

/** The states that the install pages send through HubSpot and back, each valid for one install. */
export type OAuthStates = {
  /**
   * Uses a state: true only the first time, even for several callers at once. A write whose reply was lost counts as the first
   * time.
   * @param expiresAtEpochMs when the state expires; after that, nothing needs to be remembered
   */
  consume(nonce: string, expiresAtEpochMs: number): Promise<boolean>;
};

/** `deleted`: the number of rows. */
export type Purged = { readonly deleted: number; readonly isDone: boolean };

/** All data of a portal. */
export type PortalData = {
  /**
   * Deletes every row of the portal except the one that says whether it is connected. Safe to repeat and to stop at any time:
   * `isDone` says whether it reached the end. The next call for the same deletion continues where this one stopped.
   * @param isBack whether the portal has come back since: checked before every few rows, which then stay
   * @returns how many rows this call deleted
   */
  purge(
    portalId: PortalId,
    mayGoOn: () => boolean,
    leftAtEpochMs?: number,
    isBack?: () => Promise<boolean>,
  ): Promise<Purged>;
};
