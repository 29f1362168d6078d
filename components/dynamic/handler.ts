/** A field that can't be as the user gave it, and why. Shown by `pulumi preview`. */
export interface CheckFailure {
  /** Path of the field: `nodes[1].url`. */
  property: string;
  /** What is wrong and what to do. */
  reason: string;
}

/** What {@link Handler.diff} found. */
export interface Difference {
  /** Whether anything must be done. */
  changes: boolean;
  /** Fields whose change needs a new resource. */
  replaces?: string[];
  /** Whether the old resource is deleted before the new one is made. Default: after. */
  deleteBeforeReplace?: boolean;
}

/**
 * What a kind of dynamic resource does: plain functions on plain data, without Pulumi.
 *
 * `Inputs` are the arguments as the engine hands them over: secrets in plain text, and at preview {@link unknown}
 * in place of what is not known yet. `Outputs` are what is kept in state; `update`, `read` and `delete` must cope
 * with the outputs of every earlier version.
 */
export interface Handler<Inputs, Outputs> {
  /** Runs at preview too. Returns what is wrong with the inputs. */
  check?(news: Inputs, olds: Partial<Inputs>): CheckFailure[];
  /** Runs at preview too, for a resource that exists. Default: any changed input is a change. */
  diff?(olds: Outputs, news: Inputs): Difference;
  create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
  /** Returns all outputs: those left out are lost. */
  update?(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }>;
  /** What is really there; `undefined` when the resource is gone. */
  read?(id: string, outs: Outputs): Promise<Outputs | undefined>;
  delete?(id: string, outs: Outputs): Promise<void>;
}

/**
 * The resource exists, but not as declared. Pulumi keeps it in state with these properties and tries an update at
 * the next `up`, so that an interrupted operation resumes.
 */
export class PartialFailure<Outputs> extends Error {
  constructor(
    readonly id: string,
    readonly outs: Outputs,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}
