import type { LanguageTexts } from './labels.ts';

export const en: LanguageTexts = {
  setOwner: {
    actionName: 'Set owner by email',
    actionDescription: 'Finds the owner with this email address and sets them as the owner of the enrolled record.',
    actionCardContent: 'Set owner to {{ownerEmail}}',
  },
  findOwner: {
    actionName: 'Find owner by email',
    actionDescription:
      'Finds the owner with this email address and hands their IDs, name and team to later actions. The record is not changed.',
    actionCardContent: 'Find owner {{ownerEmail}}',
  },
  inputFieldLabels: {
    ownerEmail: "Owner's email",
    ownerProperty: 'Owner property',
    overwrite: 'If the record already has an owner',
    ifNotAssignable: 'If no active owner matches this email',
    fallbackOwner: 'Fallback owner',
  },
  inputFieldDescriptions: {
    ownerEmail:
      'A fixed address, a property of the record or an output of an earlier action. Exactly one email address: owner IDs and user IDs are not accepted.',
    ownerProperty: 'The owner property to set. If left empty, the standard property hubspot_owner_id is set.',
    overwrite: 'Whether an existing owner is replaced. If left empty, the owner is always replaced.',
    ifNotAssignable:
      'What happens if the email is missing or invalid, or if no active owner matches it. If left empty, the action fails and the record is not changed.',
    fallbackOwner: 'Who becomes the owner if no active owner matches the email. Choose an active user.',
  },
  inputFieldOptionLabels: {
    overwrite: {
      ALWAYS: 'Always replace the owner',
      IF_UNASSIGNED: 'Keep the owner',
      IF_OWNER_INACTIVE: 'Replace the owner only if deactivated',
    },
    ifNotAssignable: {
      FAIL: 'Mark the action as failed',
      FALLBACK: 'Assign the fallback owner',
      CLEAR: 'Clear the owner',
      LEAVE: 'Do not change the owner, without failing',
    },
  },
  outputFieldLabels: {
    outcome: 'Outcome',
    reason: 'Reason',
    ownerId: 'Owner ID',
    ownerEmail: 'Owner email',
    ownerName: 'Owner name',
    userId: 'User ID',
    primaryTeamId: 'Main team ID',
    primaryTeamName: 'Main team name',
    previousOwnerId: 'Previous owner ID',
    previousOwnerName: 'Previous owner name',
    substitutedFor: 'Stands in for',
    substitutedForName: 'Stands in for (name)',
    matchedBy: 'Email matched by',
    matchedEmail: 'Matched email',
    resolvedFrom: 'Source of the owner data',
    ownerDataAgeSeconds: 'Age of the owner data in seconds',
    errorCode: 'Error code',
    errorMessage: 'Error message',
    errorDetails: 'Error details',
  },
  outcomes: {
    FALLBACK_ASSIGNED: 'The fallback owner {{ ownerEmail }} was assigned because no active owner matches the email.',
    CLEARED: 'The owner was cleared because no active owner matches the email.',
    LEFT_UNCHANGED: 'The owner was not changed because no active owner matches the email.',
    ASSIGNED: '{{ ownerEmail }} was set as the owner.',
    ALREADY_ASSIGNED: '{{ ownerEmail }} was already the owner. Nothing was changed.',
    KEPT_EXISTING: '{{ ownerEmail }} was kept as the owner. This action is set to keep an existing owner.',
    FOUND: 'The owner {{ ownerEmail }} was found (owner ID {{ ownerId }}).',
    KEPT_CHANGED_SINCE: 'The owner was changed after this record was enrolled, so the newer owner was kept.',
  },
  additions: {
    replaced: 'Previous owner: {{ previousOwnerName }}.',
    successor: 'Stands in for {{ substitutedForName }}, who was deactivated.',
    formerEmail: 'Found by the former address {{ matchedEmail }}.',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'No email address was given.',
      advice: 'Fill in the property this action reads, or choose another one.',
    },
    EMAIL_INVALID: {
      happened: '“{{ ownerEmail }}” is not a valid email address.',
      advice: 'Correct the value.',
    },
    OWNER_NOT_FOUND: {
      happened: 'Nobody in this HubSpot account, active or deactivated, has the email {{ ownerEmail }}.',
      advice: 'Check the spelling, or add this person as a user.',
    },
    OWNER_DEACTIVATED: {
      happened: '{{ ownerEmail }} belongs to a deactivated user, who should not be given records.',
      advice: 'Use the email of an active user, or reactivate this user.',
    },
    OWNER_AMBIGUOUS: {
      happened: 'Two or more active owners share the email {{ ownerEmail }}, so none of them was chosen.',
      advice: 'Make sure that only one active user has this email.',
    },
    OWNER_IS_QUEUE: {
      happened: '{{ ownerEmail }} belongs to a queue, not to a person.',
      advice: "Use a person's email.",
    },
    VALUE_IS_OWNER_ID: {
      happened: '{{ ownerEmail }} is an owner ID, not an email address.',
      advice: "Choose the property that holds the person's email.",
    },
    VALUE_IS_USER_ID: {
      happened: '{{ ownerEmail }} is a user ID, not an email address.',
      advice: "Choose the property that holds the person's email.",
    },
    FALLBACK_OWNER_INVALID: {
      happened: 'The fallback owner is missing, deactivated or not a user of this HubSpot account.',
      advice: 'Open this action in the workflow and choose an active user as the fallback owner.',
    },
    INPUT_INVALID: {
      happened: 'A field of this action has a value that is not allowed.',
      advice: 'Open this action in the workflow and choose the value again.',
    },
    RECORD_MISSING: {
      happened: 'This workflow enrolls no record, so there is no owner to set.',
      advice: 'Use this action in a workflow that enrolls records.',
    },
    RECORD_NOT_FOUND: {
      happened: 'The record no longer exists. It was deleted or merged into another record.',
      advice: 'If it was merged, enroll the remaining record.',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'The owner of this type of record cannot be set.',
      advice: 'Use this action in a workflow for another type of record.',
    },
    PROPERTY_NOT_FOUND: {
      happened:
        'The chosen property does not exist for this type of record, or is not an owner property that can be set.',
      advice: 'Choose the property again in this action.',
    },
    PROPERTY_HOLDS_SEVERAL: {
      happened: 'The chosen owner property holds several people, so it was not changed.',
      advice: 'Choose a property that holds one person.',
    },
    RECORD_VALIDATION_FAILED: {
      happened: 'A validation rule of this HubSpot account refused the new owner, so the record was not changed.',
      advice: 'Correct the record or change the rule, then enroll the record again.',
    },
    INVALID_OWNER_ID: {
      happened: 'HubSpot refused this owner although they had just been found, so the record was not changed.',
      advice:
        'Check that the user is still active and has access to this type of record, then enroll the record again.',
    },
    MISSING_SCOPES: {
      happened: 'The app does not have the permissions it needs in this HubSpot account.',
      advice: 'Ask a super admin to install the app again and approve its permissions.',
    },
    PORTAL_NOT_CONNECTED: {
      happened: 'The app is not connected to this HubSpot account.',
      advice: 'Ask a super admin to install it. A sandbox needs an installation of its own.',
    },
    EXPIRED_IN_QUEUE: {
      happened: 'This action waited in the queue for too long, so the record was not changed.',
      advice: 'Enroll the record again.',
    },
  },
  details: 'Details: {{ errorDetails }}',
  cause: 'Cause: {{ errorMessage }}',
};
