/**
 * Stands in for `form-data` in the bundles. The HubSpot SDK's generated modules load it for file uploads, which none of
 * our calls makes, and it brings a database of media types along.
 */
export default class NoFormData {
  constructor() {
    throw new Error('file uploads are not bundled');
  }
}
