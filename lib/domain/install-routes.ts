/** Where an admin begins to install the app. */
export const INSTALL_ROUTE = '/oauth/install';
/** Where HubSpot sends the admin back to; a redirect URL of the app. */
export const CALLBACK_ROUTE = '/oauth/callback';
