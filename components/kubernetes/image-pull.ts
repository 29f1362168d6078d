import * as pulumi from "@pulumi/pulumi";

/** A pod's `imagePullSecrets`, by the names that a component's argument has. */
export function imagePullSecretsOf(
  names: pulumi.Input<pulumi.Input<string>[]> | undefined,
): pulumi.Output<{ name: string }[]> | undefined {
  return names && pulumi.output(names).apply((all) => all.map((name) => ({ name })));
}
