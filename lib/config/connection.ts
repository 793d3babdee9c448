import { CALLBACK_ROUTE } from '../domain/app-urls.ts';
import { ConfigError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import { type operatorVariables, STATIC_VARIABLES, type Values } from './variables.ts';

/** How portals are reached: one by a static token, or all that install the app. */
export type Connection = {
  /** Empty if portals install the app. */
  readonly staticTokens: ReadonlyMap<PortalId, string>;
  /** The static token as SSM has it now: somebody may have replaced it since this container started. */
  readonly readStaticToken?: () => Promise<string>;
  readonly oauth?: OAuthConfig;
};

export type OAuthConfig = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** The address of the consent page. */
  readonly appBaseUrl: string;
  readonly tokenKey:
    | { readonly kind: 'kms'; readonly keyId: string }
    /** Base64 of 32 bytes; for a local stack only. */
    | { readonly kind: 'local'; readonly key: string; readonly previousKey?: string | undefined };
};

type Environment = Readonly<Record<string, string | undefined>>;
/** The variables of every function. */
export type ConnectionVariables = Omit<Values<typeof operatorVariables>, 'OWNER_MAX_AGE_HOURS'> & {
  readonly readAgain?: () => Promise<Pick<ConnectionVariables, 'HUBSPOT_ACCESS_TOKEN'>>;
};

/** A client ID means that portals install the app; a static token is then not read. */
export function withoutUnused(environment: Environment): Environment {
  if (environment.HUBSPOT_CLIENT_ID === undefined) return environment;
  const unused: readonly string[] = STATIC_VARIABLES;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !unused.includes(name)));
}

/** The missing variables of the mode that the client ID chose. Reported together with all other errors. */
export function missingForConnection(environment: Environment): string[] {
  const isMissing = (name: string) => environment[name] === undefined;
  if (isMissing('HUBSPOT_CLIENT_ID')) return STATIC_VARIABLES.filter(isMissing);
  const hasKey = !isMissing('TOKEN_KMS_KEY_ID') || !isMissing('LOCAL_TOKEN_KEY');
  return hasKey ? [] : ['TOKEN_KMS_KEY_ID'];
}

/** The accounts that are in both lists, which contradict each other: never wait, or always wait. */
export function findInBoth(inline: ReadonlySet<PortalId>, queued: ReadonlySet<PortalId>): string | undefined {
  const isInBoth = [...inline].some((portalId) => queued.has(portalId));
  return isInBoth ? 'QUEUED_PORTAL_IDS: names a portal of INLINE_PORTAL_IDS' : undefined;
}

/** @throws {ConfigError} naming what is missing for the mode that the client ID chose */
export function readConnection(variables: ConnectionVariables): Connection {
  const { HUBSPOT_CLIENT_ID: clientId, HUBSPOT_ACCESS_TOKEN, HUBSPOT_PORTAL_ID, readAgain } = variables;
  if (clientId !== undefined) return { staticTokens: new Map(), oauth: readOAuth(clientId, variables) };
  const toToken = (value: string | undefined) => demand('HUBSPOT_ACCESS_TOKEN', value);
  return {
    staticTokens: new Map([[demand('HUBSPOT_PORTAL_ID', HUBSPOT_PORTAL_ID), toToken(HUBSPOT_ACCESS_TOKEN)]]),
    ...(readAgain && { readStaticToken: async () => toToken((await readAgain()).HUBSPOT_ACCESS_TOKEN) }),
  };
}

function readOAuth(clientId: string, variables: ConnectionVariables): OAuthConfig {
  const { HUBSPOT_REDIRECT_URI, PUBLIC_BASE_URL, TOKEN_KMS_KEY_ID: keyId, LOCAL_TOKEN_KEY } = variables;
  return {
    clientId,
    clientSecret: demand('HUBSPOT_CLIENT_SECRET', variables.HUBSPOT_CLIENT_SECRET),
    redirectUri: HUBSPOT_REDIRECT_URI ?? `${demand('PUBLIC_BASE_URL', PUBLIC_BASE_URL)}${CALLBACK_ROUTE}`,
    appBaseUrl: variables.HUBSPOT_APP_BASE_URL,
    tokenKey:
      keyId === undefined
        ? {
            kind: 'local',
            key: demand('TOKEN_KMS_KEY_ID', LOCAL_TOKEN_KEY),
            previousKey: variables.LOCAL_TOKEN_KEY_PREVIOUS,
          }
        : { kind: 'kms', keyId },
  };
}

/** @throws {ConfigError} */
export function demand<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new ConfigError(`Configuration is wrong. ${name}: is missing`);
  return value;
}
