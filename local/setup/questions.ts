import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import { parsePortalId } from '../../lib/domain/ids.ts';
import { APP_FEATURES, APP_OBJECTS, DEFAULT_PURPOSE } from '../../lib/domain/scopes.ts';
import { readCertificate, readDomain, readEmail } from '../deploy/params.ts';
import { REGION, type Settings } from '../deploy/settings.ts';
import { isHttps, isPlaceholder } from '../hubspot-project/addresses.ts';

/** One value that setup needs: its flag, its line in `deploy/<stage>.env` and its question at the terminal. */
export type Question = {
  readonly flag: string;
  readonly setting: string;
  readonly text: string;
  /** Used for an empty answer, and if nobody can be asked. Absent if an answer is required. */
  readonly unset?: string;
  /** Returns the answer in the form that is stored. @throws TypeError saying what it must be */
  readonly read: (answer: string, known: Settings) => string;
  /** Absent: always. */
  readonly isAsked?: (known: Settings) => boolean;
};

const isStatic = ({ SETUP_AUTH }: Settings) => SETUP_AUTH === 'static';

export const QUESTIONS: readonly Question[] = [
  {
    flag: 'region',
    setting: 'AWS_REGION',
    text: 'AWS region [eu-central-1]',
    unset: 'eu-central-1',
    read: matching(REGION, 'a region such as eu-central-1'),
  },
  {
    flag: 'auth',
    setting: 'SETUP_AUTH',
    text: 'One HubSpot account with a static token (static), or accounts that install the app (oauth)',
    read: matching(/^(static|oauth)$/, 'static or oauth'),
  },
  {
    flag: 'portal-id',
    setting: 'SETUP_ACCOUNT_ID',
    text: 'ID of the HubSpot account that holds the app: the number in the address of its pages',
    read: (answer) => {
      if (parsePortalId(answer) === undefined) throw new TypeError('must be digits');
      return answer;
    },
  },
  {
    flag: 'domain',
    setting: 'DOMAIN_NAME',
    text: 'Your domain for the service, such as owner.example.com. Empty: the address that AWS gives it',
    unset: '',
    read: ofYourOwn(readDomain),
    isAsked: ({ PUBLIC_BASE_URL }) => !PUBLIC_BASE_URL,
  },
  {
    flag: 'certificate-arn',
    setting: 'CERTIFICATE_ARN',
    text: 'ARN of its certificate in ACM, in the same region',
    read: (answer, { AWS_REGION = '' }) => readCertificate(answer, AWS_REGION),
    isAsked: ({ DOMAIN_NAME }) => Boolean(DOMAIN_NAME),
  },
  {
    flag: 'alarm-email',
    setting: 'ALARM_EMAIL',
    text: 'Email address that receives alarms. Empty: alarms only show in CloudWatch',
    unset: '',
    read: readEmail,
  },
  {
    flag: 'objects',
    setting: 'SETUP_OBJECTS',
    text: `Objects that your workflows enroll: ${APP_OBJECTS.join(',')} [${DEFAULT_PURPOSE.objects.join(',')}]`,
    unset: DEFAULT_PURPOSE.objects.join(','),
    read: (answer) => {
      const objects = listOf(APP_OBJECTS)(answer);
      // Without any, the app could set no owner.
      if (objects === '') throw new TypeError(`must be at least one of ${APP_OBJECTS.join(', ')}`);
      return objects;
    },
    isAsked: isStatic,
  },
  {
    flag: 'features',
    setting: 'SETUP_FEATURES',
    text: `Features: ${APP_FEATURES.join(',')} [${DEFAULT_PURPOSE.features.join(',')}]`,
    unset: DEFAULT_PURPOSE.features.join(','),
    read: listOf(APP_FEATURES),
    isAsked: isStatic,
  },
  {
    flag: 'support-email',
    setting: 'SETUP_SUPPORT_EMAIL',
    text: 'Support email address that HubSpot shows to users of the app',
    read: ofYourOwn(readEmail),
  },
  {
    flag: 'documentation-url',
    setting: 'SETUP_DOCUMENTATION_URL',
    text: 'Address of your documentation for the app (https://…)',
    read: ofYourOwn(readUrl),
  },
  {
    flag: 'support-url',
    setting: 'SETUP_SUPPORT_URL',
    text: 'Address of your support page for the app (https://…)',
    read: ofYourOwn(readUrl),
  },
];

/** By flag only: the address of your own proxy, instead of a domain. */
export const BASE_URL: Question = {
  flag: 'base-url',
  setting: 'PUBLIC_BASE_URL',
  text: '',
  unset: '',
  read: ofYourOwn((answer) => normalizeBaseUrl(readUrl(answer))),
};

function matching(pattern: RegExp, rule: string) {
  return (answer: string) => {
    if (!pattern.test(answer)) throw new TypeError(`must be ${rule}`);
    return answer;
  };
}

function readUrl(answer: string): string {
  if (!isHttps(answer) || /["\s]/.test(answer)) throw new TypeError('must be an https:// address');
  return answer;
}

/** HubSpot is given these, and a project with a guide's placeholder is refused. */
function ofYourOwn(read: (answer: string) => string) {
  return (answer: string) => {
    if (isPlaceholder(answer)) throw new TypeError(`must be your own; ${answer} is a placeholder`);
    return read(answer);
  };
}

/** In the order of `known`, so that the same choice is the same text. */
function listOf(known: readonly string[]) {
  return (answer: string) => {
    const names = answer.split(',').map((name) => name.trim());
    const strange = names.filter((name) => name !== '' && !known.includes(name));
    if (strange.length > 0) throw new TypeError(`must be of ${known.join(', ')}; not ${strange.join(', ')}`);
    return known.filter((name) => names.includes(name)).join(',');
  };
}
