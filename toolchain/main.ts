// Prepares the toolchain and prints the CLI's path and version; for a shell: `node dist/toolchain/main.js`.
import { findToolchain, ToolchainError } from "./index";

async function main(): Promise<void> {
  const { pulumi, version, source } = await findToolchain();
  console.log(`${pulumi} ${version} (${source})`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ToolchainError ? `toolchain: ${error.message}` : error);
  process.exitCode = 1;
});
