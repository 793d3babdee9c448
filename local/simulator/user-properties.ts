import type { PropertyDefinition } from './state.ts';

export const USERS_TYPE_ID = '0-115';

/**
 * The properties of a person's record in the CRM (users guide and property dumps, read 2026-11-23). Their identity comes from
 * their HubSpot login and cannot be written here; their work data can.
 */
export const USER_PROPERTIES: readonly PropertyDefinition[] = [
  { name: 'hs_object_id', type: 'number', readOnly: true },
  { name: 'hs_createdate', type: 'datetime', readOnly: true },
  { name: 'hs_lastmodifieddate', type: 'datetime', readOnly: true },
  { name: 'hs_internal_user_id', label: 'User ID', type: 'number', readOnly: true },
  { name: 'hs_email', label: 'Email', readOnly: true },
  { name: 'hs_given_name', label: 'First name', readOnly: true },
  { name: 'hs_family_name', label: 'Last name', readOnly: true },
  { name: 'hubspot_owner_id', label: 'Owner', referencedObjectType: 'OWNER', readOnly: true },
  {
    name: 'hs_availability_status',
    label: 'Availability status',
    options: [
      { value: 'available', label: 'Available' },
      { value: 'away', label: 'Away' },
    ],
  },
  { name: 'hs_job_title', label: 'Job title' },
];
