import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "./bundle";

/**
 * Packs a program as an archive, for a Lambda: `index.js`, so that the handler is `index.NAME`. Lambda takes what comes
 * after the first dot of a file's name for the function.
 */
export function programArchive({ text }: Bundle): pulumi.asset.AssetArchive {
  return new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(text) });
}
