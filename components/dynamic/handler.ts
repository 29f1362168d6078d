/** A field that is not valid, and why. Shown by `pulumi preview`. */
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
  /** Whether the old resource is deleted before the new one is created. Default: after. */
  deleteBeforeReplace?: boolean;
}

/**
 * What a kind of dynamic resource does: plain functions on plain data, without Pulumi.
 *
 * `Inputs` are the arguments as the engine passes them: secrets in plain text, and at preview `unknown` in place of
 * what is not known yet. `Outputs` are what state keeps; `update`, `read` and `delete` must accept the outputs of every
 * earlier version.
 */
export interface Handler<Inputs, Outputs> {
  /** Runs at preview too. Returns what is wrong with the inputs. */
  check?(news: Inputs, olds: Partial<Inputs>): CheckFailure[];
  /** Runs at preview too, for a resource that exists. Default: any changed input is a change. */
  diff?(olds: Outputs, news: Inputs): Difference;
  /** Creates the resource, and answers its id and all outputs. */
  create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
  /** Returns all outputs: those left out are lost. Default: the inputs. */
  update?(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }>;
  /** The resource as it is now; `undefined` when it is gone. Default: as state has it. */
  read?(id: string, outs: Outputs): Promise<Outputs | undefined>;
  /** Deletes the resource. Default: nothing to do. */
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
