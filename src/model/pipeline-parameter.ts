/** How a conditional parameter compares the value of another one; the order is that of numbers. */
export const parameterComparators = ['=', '!=', '>', '<', '>=', '<='] as const;

/** One of `parameterComparators`. */
export type ParameterComparator = (typeof parameterComparators)[number];

/** A value that a pipeline asks for, in Spinnaker's field names; values are texts. */
export type PipelineParameter = {
  readonly name: string;
  /** What people read instead of the name. */
  readonly label?: string;
  /** What it is for. */
  readonly description?: string;
  /** The value where none is given; empty is a value. */
  readonly default?: string;
  /** Whether a value must be given where there is no default. */
  readonly required: boolean;
  /** The values that it may have; absent: any. */
  readonly options?: readonly string[];
  /** A pattern in RE2's syntax that the whole value must match; absent: any value. */
  readonly constraint?: string;
  /** Shown before those that are not. @default false */
  readonly pinned?: boolean;
  /** It counts only where this holds for the value of another parameter; absent: always. */
  readonly conditional?: {
    readonly parameter: string;
    readonly comparator: ParameterComparator;
    readonly comparatorValue: string;
  };
};

/** What every strategy pipeline gets from the deploy that runs it, under Spinnaker's names (semantics §5). */
export const strategyParameterNames = [
  'application',
  'credentials',
  'cluster',
  'region',
  'cloudProvider',
  'strategy',
  'clone',
  'parentPipelineId',
  'parentStageId',
] as const;

/**
 * Names that no parameter may have: Spinnaker's own, which stages read, and the options that every command knows.
 */
export const reservedParameterNames: readonly string[] = [
  'strategy',
  'cloudProvider',
  'cluster',
  'credentials',
  'region',
  'zone',
  'imageName',
  'application',
  'parentPipelineId',
  'parentStageId',
  'reason',
  'yes',
  'json',
];
