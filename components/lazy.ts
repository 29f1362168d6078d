/** What Node.js says of a provider package that is not installed. */
const missingPackage = /^Cannot find module '(@pulumi\/[^/']+)/;

/**
 * Defines exports that load their module on first use, as Pulumi's own SDKs do. They are enumerable, so that `import *`
 * and native ES modules see them; of these, Node.js reads every export at once, and ignores those that throw.
 */
export function lazyLoad<Names extends string>(
  exports: object,
  names: readonly Names[],
  load: () => Readonly<Record<Names, unknown>>,
): void {
  for (const name of names)
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => loaded(name, load)[name] });
}

function loaded<Module>(name: string, load: () => Module): Module {
  try {
    return load();
  } catch (error) {
    const [, missing] = missingPackage.exec((error as Error).message) ?? [];
    if (!missing || (error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new Error(`${name} needs ${missing}, which is not installed; run \`npm install ${missing}\``);
  }
}
