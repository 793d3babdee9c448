/** What can go wrong with one call. Unless it says otherwise, a fault replaces the call's effect. */
export type Fault =
  /** Any status, with a JSON body or, with a string, the unchanged text (for example a proxy's HTML page). */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly contentType?: string;
    }
  /** 200 with a body of the wrong shape. */
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: 301 | 302 | 307 | 308 }
  /** Never answers. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  /** The effect happens and the answer is lost. */
  | { readonly kind: 'resetAfterEffect' }
  /** The effect happens; the connection ends in the middle of a body whose length promised more. */
  | { readonly kind: 'truncate' }
  /** Waits, then does the call as usual. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** 200 with a well-formed JSON body of this size, sent in chunks. */
  | { readonly kind: 'huge'; readonly bytes: number };
