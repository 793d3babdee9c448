// Made by `npm run generate` and `npm run hubspot:configure`. Do not edit.
export const SERVICE_URL = 'https://owner.example.com';
