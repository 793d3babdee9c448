/** A published action as HubSpot stores it. The project's own definitions have this form. */
export type WorkflowAction = {
  readonly uid: string;
  /** Path after the engine's base URL. */
  readonly route: `/${string}`;
  readonly outputFields: readonly { readonly name: string; readonly options?: readonly string[] }[];
  readonly executionRules: readonly {
    readonly labelName: string;
    readonly conditions: Readonly<Record<string, readonly string[]>>;
  }[];
  /** Properties that HubSpot is asked to send with each execution. */
  readonly requestedProperties: readonly string[];
};

/** Locale → the part of its texts that the history needs. `en` is mandatory, as it is for HubSpot. */
export type ActionLabels = {
  readonly en: LocaleLabels;
  readonly [locale: string]: LocaleLabels;
};
type LocaleLabels = { readonly executionRules: Readonly<Record<string, string>> };
