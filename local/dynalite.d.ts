declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Times are how long a table stays in CREATING and so on. Without `path` the data is in memory. */
  type DynaliteOptions = { createTableMs?: number; deleteTableMs?: number; updateTableMs?: number; path?: string };
  export default function dynalite(options?: DynaliteOptions): Server;
}

declare module 'dynalite/db/index.js' {
  type Refusal = Error & { readonly body: Record<string, unknown> };
  type Request = { readonly ReturnValuesOnConditionCheckFailure?: string };
  const db: {
    checkConditional: (request: Request, item: object | undefined) => Refusal | null | undefined;
    /** The tables of one engine. */
    create: (options: { readonly createTableMs: number }) => object;
  };
  export default db;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    readonly toLowerFirst: (name: string) => string;
    /** Both throw what DynamoDB would answer. */
    readonly checkTypes: (data: object, types: object) => object;
    readonly checkValidations: (data: object, types: object, custom: object | undefined, store: object) => void;
  };
  export default validations;
}

declare module 'dynalite/validations/*' {
  const validation: { readonly types: Record<string, object> };
  export default validation;
}

declare module 'dynalite/db/conditionParser.js' {
  type Context = {
    readonly attrNames?: Readonly<Record<string, string>>;
    readonly attrVals?: Readonly<Record<string, object>>;
    readonly unusedAttrNames?: Record<string, unknown>;
    readonly unusedAttrVals?: Record<string, unknown>;
    readonly isReserved: (name: string) => boolean;
  };
  /** Answers what is wrong as a string. */
  type Parse = (expression: string, options: { readonly context: Context }) => object | string;
  const parser: { parse: Parse };
  export default parser;
}

declare module 'dynalite/db/updateParser.js' {
  import parser from 'dynalite/db/conditionParser.js';
  export default parser;
}
