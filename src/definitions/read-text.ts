import { readFileSync } from 'node:fs';

/** A file's text, or the system's word for why it cannot be read, such as ENOENT. */
export function readText(file: string): { readonly text: string } | { readonly code: string } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return { code: typeof code === 'string' ? code : 'unreadable' };
  }
}
