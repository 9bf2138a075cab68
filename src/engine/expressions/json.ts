/** Plain JSON, as documents, YAML files and replies hold it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
