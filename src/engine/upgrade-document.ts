import { asCoxswainError, CoxswainError } from '../model/errors';
import type { DocumentKind, StoredDocument } from './ports/document-store';

/** Documents that say no schema are of the first. */
const schemaOf = ({ schema }: StoredDocument): number => (typeof schema === 'number' ? schema : 1);

function tooNew({ name }: DocumentKind<never>, id: string, found: number, known: number): CoxswainError {
  return new CoxswainError('DOCUMENT_TOO_NEW', {
    message:
      `Cannot read ${name} ${id}: a newer Coxswain wrote it (schema ${found}, this one knows ${known}). ` +
      'It is left as it is; start the newer version again to go on with it.',
    fields: { kind: name, id, found, known },
  });
}

function stepFailed({ name }: DocumentKind<never>, id: string, schema: number, cause: unknown): CoxswainError {
  return new CoxswainError('INTERNAL', {
    message: `Cannot bring ${name} ${id} from schema ${schema} to ${schema + 1}: ${asCoxswainError(cause).message}`,
    fields: { kind: name, id, schema },
    cause,
  });
}

/**
 * A stored document in the schema of this build; the very same object where it has that already. Throws DOCUMENT_TOO_NEW for
 * one of a newer schema, and INTERNAL where a step fails.
 */
export function upgradeDocument<T>(kind: DocumentKind<T>, id: string, stored: StoredDocument): T {
  const { upgrades = [] } = kind;
  const known = upgrades.length + 1;
  let schema = schemaOf(stored);
  if (schema > known) throw tooNew(kind, id, schema, known);
  let current = stored;
  for (const step of upgrades.slice(schema - 1)) {
    try {
      current = { ...step(current), schema: schema + 1 };
    } catch (error) {
      throw stepFailed(kind, id, schema, error);
    }
    schema += 1;
  }
  // A store gives out what was put in under the same kind.
  return current as T;
}
