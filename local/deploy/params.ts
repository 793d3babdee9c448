import { isSecretReference } from '../../lib/config/secrets.ts';
import { normalizeBaseUrl } from '../../lib/domain/app-urls.ts';
import { nearest } from '../command/nearest.ts';
import { isEmail } from '../hubspot-project/addresses.ts';
import type { Settings } from './settings.ts';

/** Returns the value in the form that is deployed. @throws TypeError saying what it must be */
type Read = (value: string, region: string) => string;

/** Parameters that pass secrets to the functions. CloudFormation and Lambda show their values. */
const SECRETS = ['clientSecret', 'clientSecretPrevious', 'accessToken', 'localTokenKey', 'localTokenKeyPrevious'];
/** CloudWatch Logs accepts no other values (PutRetentionPolicy, API reference, read 2026-11-28). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * Parameters that no function reads, so no function's rule checks them. CloudFormation would refuse them late or accept them: 0
 * stops the service.
 */
const RULES: Readonly<Record<string, Read>> = {
  ...Object.fromEntries(SECRETS.map((name) => [name, readReference])),
  domainName: optional(readDomain),
  certificateArn: optional(readCertificate),
  alarmEmail: optional(readEmail),
  alarmTopicArn: optional(readTopic),
  throttleRate: readCount,
  throttleBurst: readCount,
  actionConcurrency: readCount,
  logRetentionDays(value) {
    if (!RETENTION_DAYS.map(String).includes(value)) throw new TypeError(`must be one of ${RETENTION_DAYS.join(', ')}`);
    return value;
  },
};

/** @throws naming each parameter that no template reads, or that is wrong; never its value, which may be a secret */
export function checkParams(params: Settings, known: ReadonlySet<string>, region: string): Settings {
  const problems: string[] = [];
  const read = Object.entries(params).map(([name, given]) => {
    if (!known.has(name)) problems.push(`${name}: no template reads this parameter.${hint(name, known)}`);
    try {
      return [name, RULES[name]?.(given.trim(), region) ?? given.trim()] as const;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problems.push(`${name}: ${error.message}`);
      return [name, ''] as const;
    }
  });
  if (params.domainName && !params.certificateArn) problems.push('certificateArn: is missing; domainName needs it');
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return Object.fromEntries(read);
}

function hint(name: string, known: ReadonlySet<string>): string {
  const meant = nearest(name, [...known]);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

export function readDomain(value: string): string {
  const url = URL.parse(normalizeBaseUrl(`https://${value}`));
  if (url === null || url.pathname !== '/' || url.port !== '' || !url.hostname.includes('.')) {
    throw new TypeError('must be a host name such as owner.example.com');
  }
  return url.hostname;
}

export function readCertificate(value: string, stageRegion: string): string {
  const region = /^arn:aws[\w-]*:acm:([\w-]+):\d{12}:certificate\/[\w-]+$/.exec(value)?.[1];
  if (region === undefined) {
    throw new TypeError('must be the ARN of a certificate in ACM. aws acm request-certificate requests one');
  }
  if (region !== stageRegion) throw new TypeError(`must be in ${stageRegion}; this certificate is in ${region}`);
  return value;
}

export function readEmail(value: string): string {
  if (!isEmail(value) || value.includes('"')) throw new TypeError('must be an email address');
  return value;
}

function readTopic(value: string): string {
  if (!/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/.test(value)) throw new TypeError('must be the ARN of an SNS topic');
  return value;
}

function readCount(value: string): string {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new TypeError('must be a whole number, 1 or more');
  return value;
}

function readReference(value: string): string {
  if (value === '' || isSecretReference(value)) return value;
  throw new TypeError('must be ssm: and the name of a parameter in SSM. A secret would be shown by CloudFormation');
}

/** Empty means that there is none. */
function optional(read: Read): Read {
  return (value, region) => (value === '' ? '' : read(value, region));
}
