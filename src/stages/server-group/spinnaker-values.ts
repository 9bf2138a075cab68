import { z } from 'zod';

const blankToAbsent = (value: unknown): unknown => (value === null || value === '' ? undefined : value);

function readNumber(value: unknown): unknown {
  const isDigits = typeof value === 'string' && /^\s*\d+\s*$/.test(value);
  return isDigits ? Number(value) : blankToAbsent(value);
}

function readFlag(value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === 'true') return true;
  return word === 'false' ? false : blankToAbsent(value);
}

/** A whole number from 0 as Spinnaker writes it, as a string too; null and an empty string are as if it were not there. */
export const wholeNumber = z.preprocess(readNumber, z.number().int().min(0).optional()).optional();

/** Yes or no as Spinnaker writes it, as a string too; null and an empty string are as if it were not there. */
export const flag = z.preprocess(readFlag, z.boolean().optional()).optional();

/** The same, and `absent` where it is not there. */
export const wholeNumberOr = (absent: number) => wholeNumber.transform((value) => value ?? absent);

/** The same, and `absent` where it is not there. */
export const flagOr = (absent: boolean) => flag.transform((value) => value ?? absent);
