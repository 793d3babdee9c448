import { describeFault } from '../../local/describe-fault.ts';

const make = (message: string, members: object) => Object.assign(new Error(message), members);

it.each([
  [
    make('getaddrinfo ENOTFOUND cloudformation.eu-central-1.amazonaws.com', {
      code: 'ENOTFOUND',
      hostname: 'cloudformation.eu-central-1.amazonaws.com',
      $metadata: { attempts: 3 },
    }),
    'cloudformation.eu-central-1.amazonaws.com cannot be reached: the host name cannot be resolved (ENOTFOUND)',
  ],
  [
    new TypeError('fetch failed', { cause: make('x', { code: 'ECONNREFUSED', address: '10.0.0.7' }) }),
    '10.0.0.7 cannot be reached: nothing listens there (ECONNREFUSED)',
  ],
  [
    new TypeError('fetch failed', {
      cause: new AggregateError([
        make('x', { code: 'ETIMEDOUT', address: '10.0.0.7' }),
        make('x', { code: 'ETIMEDOUT' }),
      ]),
    }),
    '10.0.0.7 cannot be reached: no answer in time (ETIMEDOUT)',
  ],
  [make('x', { code: 'EPROTO' }), 'The network cannot be reached: its certificate or TLS is not accepted (EPROTO)'],
  [
    make('Could not load credentials from any providers', { name: 'CredentialsProviderError' }),
    'AWS does not accept your credentials (CredentialsProviderError). Sign in to AWS, or choose a profile with AWS_PROFILE',
  ],
  [make('may not', { name: 'AccessDeniedException', $metadata: {} }), 'AWS: AccessDeniedException: may not'],
  [make('--stage must begin with a letter', {}), '--stage must begin with a letter'],
  [
    make('EACCES', { code: 'EACCES', syscall: 'mkdir', path: '/project/.local' }),
    '/project/.local (EACCES): you may not use it. Change its permissions, or work in a folder of your own',
  ],
  [
    make('ENOENT', { code: 'ENOENT', syscall: 'open', path: '/nowhere/b.json' }),
    '/nowhere/b.json (ENOENT): its folder does not exist. Create it, or choose another path',
  ],
  [
    make('ENOENT', { code: 'ENOENT', syscall: 'open', path: '/b.json' }),
    '/b.json (ENOENT): it does not exist. Check the path',
  ],
  [make('EISDIR', { code: 'EISDIR', syscall: 'open', path: 'a' }), 'a (EISDIR): it is a folder. Name a file'],
  [make('spawn hs ENOENT', { code: 'ENOENT', syscall: 'spawn hs', path: 'hs' }), 'spawn hs ENOENT'],
  ['thrown text', 'thrown text'],
])('What ended a command comes with what to do: %s', (error, words) => {
  expect(describeFault(error)).toBe(words);
});
