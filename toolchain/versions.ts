import { coerce, gte } from "semver";

/** The version in what `pulumi version` prints ("v3.209.0"), without the leading "v"; undefined if there is none. */
export function parseVersion(printed: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+\S*)\s*$/m.exec(printed)?.[1];
}

/** Is a version at least another? Compares major, minor and patch: a pre-release counts as its release. */
export function isAtLeast(version: string, minimum: string): boolean {
  return gte(coerce(version) ?? "0.0.0", minimum);
}

/** The version that a go.mod requires of a module, without the leading "v". */
export function requiredVersion(goMod: string, module: string): string {
  for (const line of goMod.split("\n")) {
    const [path, version] = line
      .replace(/^require\s/, "")
      .trim()
      .split(/\s+/);
    if (path === module && version?.startsWith("v")) return version.slice(1);
  }
  throw new Error(`go.mod does not require ${module}`);
}
