/**
 * Preloaded (`node --require`) by tests and by what the engine starts for them. Pulumi's SDK loads TypeScript and npm's
 * Arborist, which it needs to serialize functions: two thirds of what it takes to load, for what programs with this
 * package never do. Here they are loaded when they are used.
 */
import Module from "node:module";
import { sep } from "node:path";

type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => object;

/** Node's own, which its types leave out. */
const modules = Module as unknown as { _load: Load };

const lazy = ["typescript", "@npmcli/arborist"];
const sdk = ["node_modules", "@pulumi", "pulumi", ""].join(sep);

const load = modules._load;
modules._load = (request, parent, isMain) => {
  const loaded = () => load.call(modules, request, parent, isMain);
  return lazy.includes(request) && parent?.filename?.includes(sdk) ? whenUsed(loaded) : loaded();
};

function whenUsed(loaded: () => object): object {
  // What compiled code asks of a module as it imports it.
  return new Proxy({}, { get: (_, property) => property === "__esModule" || Reflect.get(loaded(), property) });
}
