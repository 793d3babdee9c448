import * as variables from '../../lib/config/variables.ts';
import { contextOf } from '../../lib/crypto/aes-gcm.ts';
import { toPortalId } from '../builders/ids.ts';
import type { Packages } from './service-package.ts';
import { functionsOf } from './template.ts';

/** Which family of variables a function reads its environment by. */
const FAMILIES: Readonly<Record<string, variables.Variables>> = {
  setOwnerByEmail: variables.setOwnerVariables,
  assignOwners: variables.assignVariables,
  failStranded: variables.assignVariables,
  findOwnerByEmail: variables.actionVariables,
  listOwnerProperties: variables.actionVariables,
  scheduleOwnerRefresh: variables.refreshVariables,
  refreshOwners: variables.refreshVariables,
  portalPage: variables.portalPageVariables,
  setSuccessor: variables.operatorVariables,
  handOver: variables.handoverVariables,
  setAlias: variables.operatorVariables,
  explainOwner: variables.operatorVariables,
  resolveOwners: variables.operatorVariables,
  forgetPortal: variables.operatorVariables,
  startInstall: variables.installVariables,
  finishInstall: variables.installVariables,
  health: {},
};
/** Powertools' own (environment variables of Powertools for AWS Lambda). */
const POWERTOOLS = ['LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE'];

const { SECRET_VARIABLES: _secrets, STATIC_VARIABLES: _static, ...families } = variables;
const readByTheCode = new Set(Object.values(families).flatMap((family) => Object.keys(family)));

export function describeEnvironment(packages: () => Packages): void {
  const declared = (name: string) =>
    Object.keys(functionsOf(packages().plain.evaluated).get(name)?.Environment?.Variables ?? {}).sort();

  it('[C1] Every variable that the code reads is declared, and every declared one is read', () => {
    const names = [...functionsOf(packages().plain.evaluated).keys()].flatMap(declared);
    expect([...new Set(names)].sort()).toEqual([...readByTheCode, ...POWERTOOLS].sort());
  });

  it('[C1] Every function reads its environment by one family of variables', () => {
    expect(Object.keys(FAMILIES).sort()).toEqual([...functionsOf(packages().plain.evaluated).keys()].sort());
  });

  it.each(Object.entries(FAMILIES))(
    '[C1] The environment of %s contains what it reads, and nothing else',
    (name, family) => {
      const expected = name === 'health' ? [] : [...Object.keys(family), ...POWERTOOLS].sort();
      expect(declared(name)).toEqual(expected);
    },
  );

  it('The environment contains references to secrets, never secrets', () => {
    for (const { stage, evaluated } of Object.values(packages())) {
      for (const [name, { Environment }] of functionsOf(evaluated)) {
        if (name === 'health') continue;
        expect(Environment?.Variables).toMatchObject({
          HUBSPOT_CLIENT_SECRET: `ssm:/set-owner-by-email/${stage}/hubspot-client-secret`,
          HUBSPOT_ACCESS_TOKEN: `ssm:/set-owner-by-email/${stage}/hubspot-access-token`,
          TABLE_NAME: `set-owner-by-email-${stage}`,
        });
      }
    }
  });

  it('The address of the settings page reaches the nightly refresh as it was given, and no other function', () => {
    const settingOf = ({ evaluated }: Packages['plain']) =>
      [...functionsOf(evaluated)].flatMap(([name, { Environment }]) => {
        const url = Environment?.Variables.DIGEST_PAGE_URL;
        return url === undefined ? [] : [{ name, url }];
      });
    const given = 'https://app.hubspot.com/any/{portalId}/page?account={portalId}&tab=settings#top';
    const family = ['scheduleOwnerRefresh', 'refreshOwners'];
    expect(settingOf(packages().plain)).toEqual(family.map((name) => ({ name, url: '' })));
    expect(settingOf(packages().full)).toEqual(family.map((name) => ({ name, url: given })));
  });

  it('The environment names the token key with OAuth and with a static token, and the context that its policies require', () => {
    const keyOf = ({ evaluated }: Packages['plain']) =>
      functionsOf(evaluated).get('setOwnerByEmail')?.Environment?.Variables.TOKEN_KMS_KEY_ID;
    expect([keyOf(packages().plain), keyOf(packages().full)]).toEqual(['TokenKey.Arn', 'TokenKey.Arn']);
    expect(contextOf(toPortalId('1')).app).toBe('set-owner-by-email');
  });

  it('[C10] The address for signature checks is the one that HubSpot is given, configured or its own', () => {
    for (const [{ evaluated }, base] of [
      [packages().plain, 'https://HttpApi.execute-api.eu-central-1.amazonaws.com'],
      [packages().full, 'https://owner.example.com'],
    ] as const) {
      const told = functionsOf(evaluated).get('setOwnerByEmail')?.Environment?.Variables.PUBLIC_BASE_URL;
      expect(told).toBe(base);
      expect(evaluated.outputs).toMatchObject({
        PublicBaseUrl: base,
        SetOwnerActionUrl: `${base}/actions/set-owner-by-email`,
        FindOwnerActionUrl: `${base}/actions/find-owner-by-email`,
        OwnerPropertiesOptionsUrl: `${base}/options/owner-properties`,
        InstallUrl: `${base}/oauth/install`,
        RedirectUrl: `${base}/oauth/callback`,
        HealthUrl: `${base}/health`,
      });
    }
  });
}
