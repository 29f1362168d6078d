import { existsSync } from "node:fs";
import { clientLibrary, type KubeConfig } from "../../../components/clients/kubernetes/client-library";
import { ApiServer } from "./api-server";
import { Discovery } from "./discovery";

/** What the provider resource, the stack's `kubernetes:` configuration or the environment sets. */
export interface Configuration {
  /** Undefined where the cluster can't be reached; `unreachable` then says why. */
  cluster?: { server: ApiServer; discovery: Discovery };
  unreachable: string;
  /** Given to objects that name no namespace. */
  namespace: string;
  /** Whether creating an object that exists already makes it what it should be, instead of being refused. */
  upsert: boolean;
  mutableConfigMaps: boolean;
  mutableSecrets: boolean;
  deleteUnreachable: boolean;
  skipUpdateUnreachable: boolean;
}

/** The configuration's texts by name, without the prefix `kubernetes:config:`. */
export type Variables = Readonly<Record<string, string>>;

/** Settings with which the real plugin behaves otherwise than this one can. */
const UNSUPPORTED: Variables = {
  enableServerSideApply: "false",
  strictMode: "true",
};

/** Reads the configuration and sees whether the cluster answers; a cluster that does not is not an error yet. */
export async function configure(variables: Variables, env: NodeJS.ProcessEnv = process.env): Promise<Configuration> {
  for (const [name, value] of Object.entries(UNSUPPORTED))
    if (variables[name] === value) throw unsupported(`${name}=${value}`);
  if (variables.renderYamlToDirectory) throw unsupported("renderYamlToDirectory");
  const switches = {
    upsert: isOn("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    mutableConfigMaps: isOn("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    mutableSecrets: isOn("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    deleteUnreachable: isOn("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
    skipUpdateUnreachable: isOn("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
  };
  let namespace = variables.namespace || "default";
  let config: KubeConfig;
  try {
    config = kubeConfig(variables);
    namespace = variables.namespace || config.getContextObject(config.getCurrentContext())?.namespace || namespace;
  } catch (error) {
    const reason = `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`- ${(error as Error).message}`;
    return { ...switches, namespace, unreachable: reason };
  }
  try {
    const server = new ApiServer(config);
    const discovery = new Discovery(server);
    await discovery.kind("v1", "Namespace");
    return { ...switches, namespace, unreachable: "", cluster: { server, discovery } };
  } catch (error) {
    const reason = `unable to load schema information from the API server: ${(error as Error).message}`;
    return { ...switches, namespace, unreachable: reason };
  }

  function isOn(variable: string, ambient: string): boolean {
    return (variables[variable] ?? env[ambient]) === "true";
  }
}

/**
 * The cluster that a configuration means, as text, to tell whether another one is meant: its address and the like, but
 * not how to log in. Undefined where that can't be known.
 */
export async function meantCluster(variables: Variables): Promise<string | undefined> {
  if (!variables.kubeconfig) return "";
  try {
    const { name: _, ...cluster } = kubeConfig(variables).getCurrentCluster() ?? { name: "" };
    return JSON.stringify(cluster);
  } catch {
    return undefined;
  }
}

function kubeConfig({ kubeconfig, context, cluster }: Variables): KubeConfig {
  const { KubeConfig } = clientLibrary();
  const config = new KubeConfig();
  if (!kubeconfig) config.loadFromDefault();
  else if (existsSync(kubeconfig)) config.loadFromFile(kubeconfig);
  else config.loadFromString(kubeconfig);
  if (context) {
    if (!config.getContextObject(context)) throw new Error(`context ${JSON.stringify(context)} does not exist`);
    config.setCurrentContext(context);
  }
  if (cluster) {
    const current = config.getContextObject(config.getCurrentContext());
    if (current) config.contexts = config.contexts.map((one) => (one === current ? { ...one, cluster } : one));
  }
  return config;
}

/** What this plugin can't do it says, rather than do it otherwise. */
export function unsupported(what: string): Error {
  return new Error(`${what} is not supported by the stand-in for the Kubernetes plugin; install the real one`);
}
