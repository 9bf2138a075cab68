import { z } from 'zod';

const blankToAbsent = (value: unknown): unknown => (value === null || value === '' ? undefined : value);

/** Reads texts of one form as numbers. */
const readNumber =
  (form: RegExp) =>
  (value: unknown): unknown =>
    typeof value === 'string' && form.test(value) ? Number(value) : blankToAbsent(value);

function readFlag(value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === 'true') return true;
  return word === 'false' ? false : blankToAbsent(value);
}

/** A whole number from 0 as Spinnaker writes it, as a string too; null and an empty string are as if it were not there. */
export const wholeNumber = z.preprocess(readNumber(/^\s*\d+\s*$/), z.number().int().min(0).optional()).optional();

/** A number from 0 as Spinnaker writes it, as a string too; null and an empty string are none, and refused. */
export const amount = z.preprocess(readNumber(/^\s*\d+(\.\d+)?\s*$/), z.number().min(0));

/** A text as Spinnaker writes it; null and an empty string are as if it were not there. */
export const text = z.preprocess(blankToAbsent, z.string().optional()).optional();

/** Yes or no as Spinnaker writes it, as a string too; null and an empty string are as if it were not there. */
export const flag = z.preprocess(readFlag, z.boolean().optional()).optional();

/** The same, and `absent` where it is not there. */
export const wholeNumberOr = (absent: number) => wholeNumber.transform((value) => value ?? absent);

/** The same, and `absent` where it is not there. */
export const flagOr = (absent: boolean) => flag.transform((value) => value ?? absent);
