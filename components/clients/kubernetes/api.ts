import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import type { KubernetesAccess } from "./access";
import { type AppsV1Api, type CoreV1Api, clientLibrary, type KubeConfig } from "./client-library";
import { PortForwardError } from "./port-forward-error";

/** Clients of the API server of a Kubernetes cluster. */
export interface KubernetesApi {
  core: CoreV1Api;
  apps: AppsV1Api;
  config: KubeConfig;
}

/** Milliseconds after which a request is given up: the library waits for ever, and none of ours takes a second. */
const requestTimeout = 10_000;

const apis = new Map<string, Promise<KubernetesApi>>();

/**
 * The API of a cluster, one for all callers. The client library is loaded only when a cluster is first reached.
 */
export function kubernetesApi(access: KubernetesAccess): Promise<KubernetesApi> {
  const { kubeconfig, context } = access;
  const key = JSON.stringify([kubeconfig, context, kubeconfig ? undefined : process.env.KUBECONFIG]);
  let api = apis.get(key);
  if (!api) {
    api = connect(access);
    apis.set(key, api);
    api.catch(() => apis.delete(key));
  }
  return api;
}

async function connect({ kubeconfig, context }: KubernetesAccess): Promise<KubernetesApi> {
  const { AppsV1Api, CoreV1Api, KubeConfig, ServerConfiguration, createConfiguration } = clientLibrary();
  const config = new KubeConfig();
  try {
    if (kubeconfig) config.loadFromString(textOf(kubeconfig));
    else config.loadFromDefault();
  } catch (error) {
    const which = kubeconfig ? "the given `kubeconfig`" : "the kubeconfig (KUBECONFIG, or ~/.kube/config)";
    const reason = whyUnreadable(error as NodeJS.ErrnoException, kubeconfig);
    throw permanent(`${which} can't be read (${reason}); give the text of a kubeconfig, or the path of one`);
  }
  if (context !== undefined) {
    const known = config.getContexts().map(({ name }) => name);
    if (!known.includes(context))
      throw permanent(`the kubeconfig has no context ${context}; it has ${known.join(", ") || "none"}`);
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  // The library's fallback where it finds nothing.
  const found = cluster && cluster.server !== "http://localhost:8080";
  if (!found)
    throw permanent(
      "no Kubernetes cluster is known; give `kubeconfig` (and `context`, if it has no current one), " +
        "or set KUBECONFIG",
    );
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        async pre(request) {
          request.setSignal(AbortSignal.timeout(requestTimeout));
          return request;
        },
        post: async (response) => response,
      },
    ],
  });
  return { core: new CoreV1Api(configuration), apps: new AppsV1Api(configuration), config };
}

/** Reported at once: trying again does not fix a kubeconfig. */
function permanent(message: string): PortForwardError {
  return new PortForwardError(true, message);
}

/** Repeats nothing that may be a credential: no parser's error, which quotes the text, and only what is certainly a path. */
function whyUnreadable({ code, path }: NodeJS.ErrnoException, kubeconfig: string | undefined): string {
  if (!code || !path) return "it is not a valid kubeconfig";
  if (kubeconfig === undefined || /^(~|\.{1,2})?\//.test(kubeconfig)) return `${path}: ${code}`;
  return `${code}: it is neither the text of one nor the path of a file, and one in base64 has to be decoded first`;
}

/** A path has no line breaks and no braces; a kubeconfig, in YAML or JSON, has. */
function textOf(kubeconfig: string): string {
  if (/[\n{]/.test(kubeconfig)) return kubeconfig;
  return readFileSync(kubeconfig.replace(/^~(?=\/)/, homedir()), "utf8");
}
