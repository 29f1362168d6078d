// `npm stop`: destroys the quickstart's stack, stops its nodes and removes its folder.
import { findToolchain } from "../toolchain/index";
import { runCommand } from "./interruption";
import { allRun, stopNodes } from "./nodes";
import { Pulumi } from "./pulumi";
import { State } from "./state";

const state = State.current();
let pulumi: Pulumi | undefined;
let interrupted = false;

const say = (line: string) => console.log(`quickstart: ${line}`);

async function stop(): Promise<void> {
  if (!state.exists()) return say("nothing runs, nothing to stop");
  await state.exclusively(async () => {
    let failure: unknown;
    try {
      await destroy();
    } catch (error) {
      if (interrupted) throw error;
      failure = error;
    }
    const stopped = await stopNodes(state);
    await state.remove();
    say(`${stopped} nodes stopped, ${state.shown()} removed`);
    if (failure) throw failure;
  });
}

/** Destroys the stack, if it exists and its nodes run. */
async function destroy(): Promise<void> {
  pulumi = new Pulumi(await findToolchain(), state);
  if (!(await allRun(state))) {
    await pulumi.endLeftover();
    return say("the nodes are gone already, with everything that the stack made");
  }
  await pulumi.recover();
  if (pulumi.stackExists) await pulumi.destroy();
}

runCommand(
  stop,
  () => {
    interrupted = true;
    pulumi?.interrupt();
  },
  "`npm stop` again removes what is left.",
);
