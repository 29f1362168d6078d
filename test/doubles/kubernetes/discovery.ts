import { isNotFound, NoMatchError } from "./api-error";
import type { ApiServer } from "./api-server";
import { apiVersionOf, type JsonObject, kindOf, objectsAt, textAt } from "./objects";

/** How the API server serves a kind. */
export interface ServedKind {
  apiVersion: string;
  kind: string;
  /** The name in paths, such as `statefulsets`. */
  plural: string;
  namespaced: boolean;
}

/** What the API server serves, asked for once for each group and version, and again where a kind is missing. */
export class Discovery {
  private readonly versions = new Map<string, Promise<ServedKind[]>>();

  constructor(private readonly server: ApiServer) {}

  /** @throws NoMatchError where the API server serves no such kind. */
  async kindOf(object: JsonObject): Promise<ServedKind> {
    return this.kind(apiVersionOf(object), kindOf(object));
  }

  async kind(apiVersion: string, kind: string): Promise<ServedKind> {
    const canonical = apiVersion.replace(/^core\//, "");
    const known = await this.find(canonical, kind);
    if (known) return known;
    // A CustomResourceDefinition may have come since.
    this.versions.delete(canonical);
    const found = await this.find(canonical, kind);
    if (!found) throw new NoMatchError(apiVersion, kind);
    return found;
  }

  /** Whether the kind is served at all, which a custom one may not yet be. */
  async serves(object: JsonObject): Promise<boolean> {
    try {
      await this.kindOf(object);
      return true;
    } catch (error) {
      if (error instanceof NoMatchError) return false;
      throw error;
    }
  }

  private async find(apiVersion: string, kind: string): Promise<ServedKind | undefined> {
    let list = this.versions.get(apiVersion);
    if (!list) {
      list = this.list(apiVersion);
      this.versions.set(apiVersion, list);
      list.catch(() => this.versions.delete(apiVersion));
    }
    return (await list).find((served) => served.kind === kind);
  }

  private async list(apiVersion: string): Promise<ServedKind[]> {
    try {
      const answer = await this.server.ask({ method: "GET", path: versionPath(apiVersion) });
      return objectsAt(answer, "resources")
        .filter((entry) => !textAt(entry, "name").includes("/"))
        .map((entry) => ({
          apiVersion,
          kind: textAt(entry, "kind"),
          plural: textAt(entry, "name"),
          namespaced: entry.namespaced === true,
        }));
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }
}

/** The path of an object, or of all objects of a kind where `name` is left out. */
export function pathOf(kind: ServedKind, namespace: string, name?: string): string {
  const folder = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace || "default")}` : "";
  const all = `${versionPath(kind.apiVersion)}${folder}/${kind.plural}`;
  return name === undefined ? all : `${all}/${encodeURIComponent(name)}`;
}

function versionPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
