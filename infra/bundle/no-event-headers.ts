/** Stands in for the encoder of event headers in the bundles. The AWS SDK signs events with it, and nothing here sends one. */
export class HeaderFormatter {
  format(): never {
    throw new Error('events are not bundled');
  }
}
