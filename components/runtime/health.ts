import { json, plain, type RouteResponse, type Routes } from "./routes";

/** How a program is doing. What else is in it is shown as well. */
export interface Status {
  ready: boolean;
  /** The status, in words. */
  state: string;
}

/** Routes of probes: `/health` answers 200 while the program runs, `/ready` 200 or 503, with the status as JSON. */
export function healthRoutes(status: () => Status): Routes {
  return {
    "/health": () => json(200, { alive: true }),
    "/ready": () => {
      const { ready, ...rest } = status();
      return json(ready ? 200 : 503, { ready, ...rest });
    },
  };
}

/** The answer of `/readyz`, as Kubernetes' own programs give it. */
export function readyzResponse(ready: boolean): RouteResponse {
  return plain(ready ? 200 : 503, ready ? "ok" : "not ready");
}
