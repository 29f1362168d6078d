import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import * as automation from "@pulumi/pulumi/automation";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { findToolchain, GoMissingError } from "../../toolchain";
import { checkout, lazyModules } from "../../toolchain/places";

/** Dynamic providers find the package from the project's folder upwards, so test projects lie below the checkout. */
export const scratch = join(checkout, ".state");

// The SDK never closes an inline program's connections. Without this, those of a later run whose engine happens to listen
// where an earlier one did would share them, fail, and the run would count as one that declares nothing.
Object.assign((settings as unknown as { grpcClientOptions: object }).grpcClientOptions, {
  "grpc.use_local_subchannel_pool": 1,
});

/** A Pulumi project and stack of a test's own, on the file backend. */
export class TestStack {
  private constructor(
    readonly stack: automation.Stack,
    readonly folder: string,
  ) {}

  /**
   * Makes a stack that runs `program`, and removes it with all its files when the test is over. Skips the test, saying
   * so, where there is neither a Pulumi CLI nor a Go to build it with.
   */
  static async make(test: TestContext, program: automation.PulumiFn): Promise<TestStack | undefined> {
    const env = await engineEnvironment(test);
    if (!env) return undefined;
    const folder = scratchFolder(test);
    const stack = await automation.LocalWorkspace.createStack(
      { stackName: "test", projectName: "test", program },
      { workDir: folder, envVars: { ...env, ...quickLoading, ...backendIn(folder) } },
    );
    return new TestStack(withoutReport(stack), folder);
  }

  /** Runs `up` and returns how many resources were created, updated, left the same, … */
  async up(program?: automation.PulumiFn): Promise<Record<string, number>> {
    if (program) this.stack.workspace.program = program;
    return this.changes((options) => this.stack.up(options));
  }

  /** Refreshes the state and returns how many resources have changed, and how many have not. */
  refresh(): Promise<Record<string, number>> {
    return this.changes((options) => this.stack.refresh(options));
  }

  /** Destroys everything, and returns how many resources that were. */
  destroy(): Promise<Record<string, number>> {
    return this.changes((options) => this.stack.destroy(options));
  }

  /** The stack's outputs as they were last recorded. */
  outputs(): Promise<automation.OutputMap> {
    return this.stack.workspace.stackOutputs(this.stack.name);
  }

  /** Runs an operation, and returns what it came to by the engine's own account. */
  private async changes(
    run: (options: { onOutput: (text: string) => void; onEvent: (event: automation.EngineEvent) => void }) => unknown,
    onEvent?: (event: automation.EngineEvent) => void,
  ): Promise<Record<string, number>> {
    let changes: Record<string, number> = {};
    const hear = (event: automation.EngineEvent) => {
      changes = event.summaryEvent?.resourceChanges ?? changes;
      onEvent?.(event);
    };
    await run({ onOutput: this.keep, onEvent: hear });
    return changes;
  }

  /**
   * Refreshes and runs `up` in one go, and asserts that neither finds anything to do. Of secrets a refresh shows no more
   * than that they are there; `up` compares them.
   */
  async settled(program?: automation.PulumiFn): Promise<void> {
    if (program) this.stack.workspace.program = program;
    const drifted = new Set<string>();
    const onEvent = ({ resOutputsEvent }: automation.EngineEvent) => {
      if (resOutputsEvent?.metadata.op === "refresh" && showsDrift(resOutputsEvent.metadata))
        drifted.add(resOutputsEvent.metadata.urn);
    };
    const before = this.shown.length;
    const changes = await this.changes((options) => this.stack.up({ ...options, refresh: true }), onEvent);
    const { same, read: _, ...others } = changes;
    assert.deepEqual([same! > 0, others, [...drifted]], [true, {}, []], this.shown.slice(before));
  }

  /** Runs `up`, which must fail, and returns all that it showed. */
  async failingUp(program?: automation.PulumiFn): Promise<string> {
    try {
      await this.up(program);
    } catch (error) {
      return String(error);
    }
    throw new Error("`pulumi up` was expected to fail, but succeeded");
  }

  async preview(program?: automation.PulumiFn): Promise<Record<string, number>> {
    if (program) this.stack.workspace.program = program;
    return (await this.stack.preview()).changeSummary;
  }

  /** Everything the last operations showed. */
  shown = "";
  private readonly keep = (text: string) => {
    this.shown += text;
  };

  /** The state as it stands on disk: secrets are encrypted. */
  async state(): Promise<{ resources: StateResource[]; text: string }> {
    const text = readFileSync(join(this.folder, "state/.pulumi/stacks/test/test.json"), "utf8");
    return { resources: JSON.parse(text).checkpoint.latest.resources ?? [], text };
  }

  /** Has state forget resources, as if `up` had been killed after it made them, and before it recorded them. */
  async forget(isForgotten: (resource: StateResource) => boolean): Promise<void> {
    const state = await this.stack.exportStack();
    const all: (StateResource & References)[] = state.deployment.resources;
    const forgotten = new Set(all.filter(isForgotten).map(({ urn }) => urn));
    const known = (urns: string[] = []) => urns.filter((urn) => !forgotten.has(urn));
    state.deployment.resources = all
      .filter(({ urn }) => !forgotten.has(urn))
      .map(({ dependencies, propertyDependencies = {}, ...resource }) => ({
        ...resource,
        dependencies: known(dependencies),
        propertyDependencies: Object.fromEntries(
          Object.entries(propertyDependencies).map(([property, urns]) => [property, known(urns ?? [])]),
        ),
      }));
    await this.stack.importStack(state);
  }

  /** The one resource of this type that state holds, if it holds one. */
  async resource(type: string): Promise<StateResource | undefined> {
    return (await this.state()).resources.find((resource) => resource.type.endsWith(`:${type}`));
  }
}

/**
 * The stack, but its operations end when they are over. Otherwise each of them has the CLI run up to three times more,
 * for the outputs and the history of the stack, which costs more than the operation itself.
 */
function withoutReport(stack: automation.Stack): automation.Stack {
  return Object.create(stack, {
    outputs: { value: async () => ({}) },
    info: { value: async () => undefined },
  }) as automation.Stack;
}

/**
 * Whether a refresh has found something else than state held. Of an object of Kubernetes, whose outputs are the API
 * server's (its status, its version), the inputs tell, as they do for the engine.
 */
function showsDrift({ type, old, new: now, detailedDiff }: automation.StepEventMetadata): boolean {
  if (Object.keys(detailedDiff ?? {}).length > 0 || !isDeepStrictEqual(old?.inputs, now?.inputs)) return true;
  return !type.startsWith("kubernetes:") && !isDeepStrictEqual(old?.outputs, now?.outputs);
}

/** A resource as state holds it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
}

/** What of a resource in state refers to others, by their URNs. */
interface References {
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
}

/** A project's `Pulumi.yaml`. Without TypeScript in the program, Pulumi is told not to load its compiler. */
export function projectFile(main: string): string {
  const options = `options:\n    typescript: ${main.endsWith(".ts")}`;
  return `name: test\nmain: ${main}\nruntime:\n  name: nodejs\n  ${options}\n`;
}

/** Has what the engine starts load quickly. */
export const quickLoading = { NODE_OPTIONS: `--require ${lazyModules}` };

/** What Pulumi needs to keep a stack's state, plugins and settings in one folder. */
export function backendIn(folder: string): Record<string, string> {
  mkdirSync(join(folder, "state"), { recursive: true });
  return {
    // As the examples' READMEs say: a killed Pulumi may leave a file of metadata empty, and then can't read the state.
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}?metadata=skip`,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
  };
}

/** The environment in which the Pulumi CLI is found; skips the test where it can't be had. */
export async function engineEnvironment(test: TestContext): Promise<Record<string, string> | undefined> {
  try {
    const { env } = await findToolchain();
    Object.assign(process.env, env);
    return env as Record<string, string>;
  } catch (error) {
    if (!(error instanceof GoMissingError)) throw error;
    test.skip(`NOT RUN, the Pulumi engine is missing: ${error.message}`);
    return undefined;
  }
}

/** A folder of the test's own below the checkout, removed when the test is over. */
export function scratchFolder(test: TestContext): string {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "test-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
