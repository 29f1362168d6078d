import * as pulumi from "@pulumi/pulumi";

/** A Secret's `data`. Not `stringData`: the API server takes it, but never returns it. */
export function secretData(texts: Record<string, pulumi.Input<string>>): pulumi.Output<Record<string, string>> {
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  return pulumi
    .all(texts)
    .apply((all) => Object.fromEntries(Object.entries(all).map(([key, text]) => [key, encoded(text)])));
}
