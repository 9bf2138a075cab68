/** A task of Mesos as far as the tests look. */
export type SeenTask = {
  readonly id: string;
  readonly name: string;
  readonly framework_id: string;
  readonly executor_id: string;
  readonly slave_id: string;
  readonly state: string;
  readonly statuses: readonly {
    readonly state: string;
    readonly timestamp: number;
    readonly message?: string;
    readonly reason?: string;
    readonly container_status: { readonly container_id: { readonly value: string } };
  }[];
};
