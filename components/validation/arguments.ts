import * as pulumi from "@pulumi/pulumi";
import type { Validator } from "./validators";

// Components take validators from here, together with what applies them to arguments.
export * from "./kubernetes";
export * from "./validators";

/** An argument that is not valid. Pulumi shows it without a stack trace; a component provider shows it at its property. */
export class InvalidArgument extends pulumi.InputPropertyError {
  /** By this mark Pulumi knows errors that the user can fix. */
  readonly __pulumiRunError = true;

  constructor(propertyPath: string, reason: string) {
    super({ propertyPath, reason });
    this.message = `${propertyPath}: ${reason}`;
  }
}

/** Throws an {@link InvalidArgument} if there is a reason to. */
export function assertValid(propertyPath: string, reason: string | undefined): void {
  if (reason) throw new InvalidArgument(propertyPath, reason);
}

/** Validates the argument once it is known: plain values immediately, outputs when they resolve. */
export function validated<T>(property: string, value: pulumi.Input<T>, problemOf: Validator<T>): pulumi.Output<T> {
  const pass = (known: T): T => {
    assertValid(property, problemOf(known));
    return known;
  };
  if (isPlain(value)) pass(value as T);
  return pulumi.output(value).apply((known) => pass(known as T)) as pulumi.Output<T>;
}

/** The same of an argument that may be left out. */
export function validatedIfGiven<T>(
  property: string,
  value: pulumi.Input<T> | undefined,
  problemOf: Validator<T>,
): pulumi.Output<T> | undefined {
  return value === undefined || value === null ? undefined : validated(property, value, problemOf);
}

function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}
