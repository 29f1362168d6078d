// `npm start`: three nodes on this machine, joined to one cluster by `pulumi up`, and the proof of it.
import { findToolchain } from "../toolchain/index";
import { adminUser, type ClusterNode, makeSecrets, secretFiles, urlOf } from "./cluster";
import { runCommand } from "./interruption";
import { startNodes } from "./nodes";
import { proveData, proveMembership } from "./proof";
import { Pulumi } from "./pulumi";
import { State } from "./state";

const state = State.current();
let pulumi: Pulumi | undefined;
let interrupted = false;

const say = (line: string) => console.log(`quickstart: ${line}`);

async function start(): Promise<void> {
  const toolchain = await findToolchain();
  await state.exclusively(async () => {
    await state.open();
    await makeSecrets(state);
    pulumi = new Pulumi(toolchain, state);
    const again = pulumi.stackExists;
    const { nodes } = await step(() => startNodes(state, say));
    await step(() => pulumi!.recover());
    await step(() => pulumi!.configure(nodes));
    // Nodes may have lost what an earlier run left in them: refresh before deciding what to do.
    await step(() => pulumi!.up(...(again ? ["--refresh"] : [])));

    const { database } = await step(() => pulumi!.outputs());
    say("asking each node for its members:\n");
    console.log(await step(() => proveMembership(nodes, state)));
    console.log(`\n${await step(() => proveData(nodes, String(database), state))}`);
    await step(() => pulumi!.up("--skip-preview", "--expect-no-changes"));
    await step(() => writeHelpers(pulumi!.settings));
    console.log(summary(nodes));
  });
}

/** Runs a step, unless a signal has asked to end. */
async function step<Result>(work: () => Promise<Result>): Promise<Result> {
  if (interrupted) throw new Error("interrupted");
  return work();
}

/** Writes files with which a user can look around without typing or showing a password. */
async function writeHelpers(settings: Record<string, string>): Promise<void> {
  const password = await state.secret(secretFiles.adminPassword);
  await state.write("netrc", `machine 127.0.0.1 login ${adminUser} password ${password}\n`);
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${quoted(value)}`);
  await state.write("env", `${lines.join("\n")}\n`);
}

function summary(nodes: ClusterNode[]): string {
  return `
The cluster is up; a second \`pulumi up\` had nothing to do.

${nodes.map((node) => `  ${urlOf(node)}`).join("\n")}

Log in    as ${adminUser}; the password is in ${state.shown(secretFiles.adminPassword)}
Look      curl --netrc-file ${state.shown("netrc")} ${urlOf(nodes[0]!)}/_membership
Pulumi    (. ${state.shown("env")} && pulumi stack --stack quickstart)
Again     npm start
Stop      npm stop
`;
}

runCommand(
  start,
  () => {
    interrupted = true;
    pulumi?.interrupt();
  },
  "`npm start` resumes it; `npm stop` removes everything.",
);
