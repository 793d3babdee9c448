import { type Check, NOT_DOCUMENTED } from '../check.ts';

const source = NOT_DOCUMENTED;

/** What HubSpot shows in a workflow, a project or its settings only. */
export const checksByHand: readonly Check[] = [
  {
    id: 'execution-repeated-id',
    title: 'A repeated delivery has the callback ID of the first one, or another',
    source,
    accepts: ['the same', 'another'],
    byHand: 'answer an execution with 503 once, and compare the callback IDs of both deliveries',
  },
  {
    id: 'execution-patience',
    title: 'HubSpot waits for an answer for longer than the functions take',
    source,
    accepts: ['more than 10 seconds'],
    byHand: 'answer executions after 10, 15, 20, 25 and 30 seconds, and see which are delivered again',
  },
  {
    id: 'execution-retry-after',
    title: 'The Retry-After of an answered 429 is in milliseconds',
    source: 'error handling guide, read 2026-11-23',
    accepts: ['milliseconds'],
    byHand: 'answer an execution with 429 and Retry-After 120000, and time the next delivery',
  },
  {
    id: 'execution-object-type',
    title: 'An execution names the type of its record by a known name or by an ID',
    source,
    accepts: ['a known name or an ID'],
    byHand: 'enroll a lead, a ticket and a custom object, and look at object.objectType in the logs',
  },
  {
    id: 'execution-signature',
    title: 'An execution has a signature of version 3, or of version 2 alone',
    source,
    accepts: ['3 and 2', '2 alone'],
    byHand: 'enroll a record, and look at the metric SignatureAccepted',
  },
  {
    id: 'execution-empty-input',
    title: 'An input bound to an empty property is missing, null or an empty text',
    source,
    accepts: ['missing', 'null', 'empty'],
    byHand: 'enroll a record whose email property is empty: the step must end with EMAIL_MISSING',
  },
  {
    id: 'callback-too-early',
    title: 'A completion in the first seconds after BLOCK may be answered with 204 and lost',
    source,
    accepts: ['kept', 'lost'],
    byHand:
      'put an account into QUEUED_PORTAL_IDS, enroll a hundred records, and see that none of them waits after a minute',
  },
  {
    id: 'options-patience',
    title: 'The editor waits for the list of owner properties, and takes all of it',
    source,
    accepts: ['the whole list'],
    byHand: 'open the field Owner property in the editor, for an object with many properties',
  },
  {
    id: 'token-other-app',
    title: 'A refresh token that another app got is refused as unknown, or as a mistake in the app',
    source,
    accepts: ['the grant is gone', 'a mistake in the app'],
    byHand: 'send a refresh token to the token endpoint with the client ID and the secret of another app of yours',
  },
  {
    id: 'project-action-url',
    title: 'Uploading the project with another address moves the action of the same uid',
    source,
    accepts: ['the workflow uses the new address'],
    byHand: 'run npm run hubspot:configure with another --base-url, upload, and enroll a record',
  },
  {
    id: 'project-all-objects',
    title: 'HubSpot takes an action for all object types',
    source,
    accepts: ['valid'],
    byHand: 'run hs project validate on the generated project',
  },
  {
    id: 'page-imports',
    title: 'The build of an uploaded project takes imports that name a .ts or .tsx file',
    source,
    accepts: ['the build succeeds'],
    byHand: 'upload the project, and open the settings page of the app',
  },
  {
    id: 'page-language',
    title: 'The language of a user is a code such as pt-br, pt_BR or pt',
    source,
    accepts: ['a code with a hyphen', 'a code with an underscore', 'a language alone', 'missing'],
    byHand: 'choose Portuguese (Brazil) in the profile of a user, and open the settings page of the app',
  },
  {
    id: 'page-time-zone',
    title: 'The time zone of an account is a name of the IANA database, or another one',
    source,
    accepts: ['a name of the database', 'another one', 'missing'],
    byHand: 'open the settings page of the app, and compare the times with those of HubSpot',
  },
  {
    id: 'page-tabs',
    title: 'Tabs that are not selected are rendered, or are not',
    source,
    accepts: ['rendered', 'not rendered'],
    byHand: 'open the settings page of the app, and see that one request of portalPage is in the logs',
  },
  {
    id: 'page-webhook',
    title: 'A workflow can have a webhook signed with the ID of an app that its account does not own, or cannot',
    source,
    accepts: ['signed', 'not signed'],
    byHand:
      'in an account that installed the app but does not own it, add “Send a webhook” with the method POST and a request signature to a workflow, with the ID of the app and the address of /actions/find-owner-by-email, and see whether the service answers 400, because it is signed, or 401',
  },
  {
    id: 'page-address',
    title: 'The settings page of an app has an address that can be sent to people, or has none',
    source,
    accepts: ['an address', 'none'],
    byHand:
      'follow the path that the morning message names to the settings page of the app, give its address as digestPageUrl, and open the link in the next message',
  },
];
