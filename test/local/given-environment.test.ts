import { findUnknown } from '../../local/given-environment.ts';

const KNOWN = ['PORT', 'HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_CLIENT_ID', 'OWNER_MAX_AGE_HOURS', 'TABLE_NAME'];
const find = (given: { readonly inFile?: readonly string[]; readonly inShell?: readonly string[] }) =>
  findUnknown({ known: KNOWN, inFile: [], inShell: [], ...given });

it('The environment accepts known variables, and those of AWS and Node', () => {
  expect(find({ inFile: [...KNOWN, 'AWS_PROFILE', 'NODE_EXTRA_CA_CERTS'], inShell: KNOWN })).toEqual([]);
});

it.each([
  ['HUBSPOT_ACESS_TOKEN', 'did you mean HUBSPOT_ACCESS_TOKEN?'],
  ['TABEL_NAME', 'did you mean TABLE_NAME?'],
  ['SOMETHING_ELSE', 'see .env.example for those that are'],
])('The environment refuses %s in .env', (name, hint) => {
  expect(find({ inFile: [name] })).toEqual([`${name}: is not a variable of the local stack; ${hint}`]);
});

it('The environment refuses a misspelled variable in the shell, where other programs have variables, too', () => {
  const others = ['HUBSPOT_PERSONAL_ACCESS_KEY', 'HUBSPOT_ACCOUNT_ID', 'PORTS', 'TABLE_NAMES', 'HOME'];
  expect(find({ inShell: others })).toEqual([]);
  expect(find({ inShell: ['HUBSPOT_CLIENT_IDS', 'OWNER_MAX_AGE_HOUR'] })).toEqual([
    'HUBSPOT_CLIENT_IDS: is not a variable of the local stack; did you mean HUBSPOT_CLIENT_ID?',
    'OWNER_MAX_AGE_HOUR: is not a variable of the local stack; did you mean OWNER_MAX_AGE_HOURS?',
  ]);
});

it('The environment names a wrong variable once, wherever it was given', () => {
  expect(find({ inFile: ['HUBSPOT_CLIENT_IDS'], inShell: ['HUBSPOT_CLIENT_IDS'] })).toHaveLength(1);
});
