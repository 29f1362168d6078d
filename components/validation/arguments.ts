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

/**
 * What is made of an argument: at once where it is plain, when it resolves otherwise. What is plain stays plain: each
 * output among a resource's inputs costs a program several stack traces, which are most of its work.
 */
export function derived<const T, R>(value: T, make: (known: pulumi.Unwrap<T>) => R): pulumi.Input<R> {
  if (isPlain(value)) return make(value as pulumi.Unwrap<T>) as pulumi.Input<R>;
  return pulumi.output(value).apply(make) as pulumi.Output<R>;
}

/** Validates the argument once it is known: plain values immediately, outputs when they resolve. */
export function validated<T>(property: string, value: pulumi.Input<T>, problemOf: Validator<T>): pulumi.Input<T> {
  return derived(value, (known) => {
    assertValid(property, problemOf(known as T));
    return known as T;
  });
}

/** The same of an argument that may be left out. */
export function validatedIfGiven<T>(
  property: string,
  value: pulumi.Input<T> | undefined,
  problemOf: Validator<T>,
): pulumi.Input<T> | undefined {
  return value === undefined || value === null ? undefined : validated(property, value, problemOf);
}

function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}
