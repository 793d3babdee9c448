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
    ifNotAssignable: 'If the email gives no assignable owner',
    fallbackOwner: 'Fallback owner',
  },
  inputFieldDescriptions: {
    ownerEmail:
      'A fixed address, a property of the record or an output of an earlier action. Exactly one email address: owner IDs and user IDs are not accepted.',
    ownerProperty: 'The owner property to set. If left empty, the standard property hubspot_owner_id is set.',
    overwrite: 'Whether an existing owner is replaced. If left empty, the owner is always replaced.',
    ifNotAssignable:
      'What happens when the email is missing, is not valid or belongs to nobody who can be assigned. If left empty, the action fails and the record is not changed.',
    fallbackOwner: 'Who becomes the owner when the email gives nobody who can be assigned. Choose an active user.',
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
      LEAVE: 'Leave the owner as it is, without failing',
    },
  },
  outputFieldLabels: {
    outcome: 'Outcome',
    ownerId: 'Owner ID',
    ownerEmail: 'Owner email',
    ownerName: 'Owner name',
    userId: 'User ID',
    primaryTeamId: 'Main team ID',
    primaryTeamName: 'Main team name',
    previousOwnerId: 'Previous owner ID',
    substitutedFor: 'Stands in for',
    resolvedFrom: 'Source of the owner data',
    ownerDataAgeSeconds: 'Age of the owner data in seconds',
    errorCode: 'Error code',
    errorMessage: 'Error message',
  },
  outcomes: {
    FALLBACK_ASSIGNED:
      'The fallback owner {{ ownerEmail }} was assigned because the email gave no assignable owner ({{ errorCode }}).',
    CLEARED: 'The owner was cleared because the email gave no assignable owner ({{ errorCode }}).',
    LEFT_UNCHANGED: 'The owner was left as it is because the email gave no assignable owner ({{ errorCode }}).',
    ASSIGNED: '{{ ownerEmail }} was set as the owner.',
    ALREADY_ASSIGNED: '{{ ownerEmail }} was already the owner. Nothing had to be changed.',
    KEPT_EXISTING:
      'The current owner was kept: this action is set not to replace it, or another action has changed it since.',
    FOUND: 'The owner {{ ownerEmail }} was found (owner ID {{ ownerId }}).',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'No email address was given.',
      advice: 'Fill in the property this action reads, or choose another one.',
    },
    EMAIL_INVALID: {
      happened: '“{{ ownerEmail }}” is not one valid email address.',
      advice: 'Correct the value. It must be exactly one address, not several.',
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
    RECORD_NOT_FOUND: {
      happened: 'The record no longer exists. It was deleted or merged into another record.',
      advice: 'If it was merged, enroll the remaining record.',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'The owner of this type of record cannot be set.',
      advice: 'Use this action in a workflow for another type of record.',
    },
    PROPERTY_NOT_FOUND: {
      happened: 'The chosen owner property does not exist for this type of record.',
      advice: 'Choose the property again in this action.',
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
  details: 'Details: {{ errorMessage }}',
};
