/**
 * Resource options of an object whose change Pulumi makes by a new one: a component that is protected (`protect`) must
 * take changes all the same. What is protected besides needs the object, so that it can't be deleted alone.
 */
export const replaceable = { protect: false } as const;
