/** `/_session`: logging in with a cookie, asking who one is. */
import type { Authentication } from "./authentication";
import { parseJson } from "./http";
import { allowMethods, HttpError, type HttpRequest, type HttpResponse } from "./node-context";

/** Answers GET, HEAD, POST and DELETE of `/_session`. */
export async function answerSession(request: HttpRequest, authentication: Authentication): Promise<HttpResponse> {
  if (request.method === "POST") return logIn(request, authentication);
  if (request.method === "DELETE") {
    return { status: 200, headers: { "set-cookie": await authentication.sessionCookie(null) }, body: { ok: true } };
  }
  allowMethods(request, "GET", "HEAD", "POST", "DELETE");
  const { name, roles, authenticated } = request.user;
  if (name === null && request.query.get("basic") === "true") {
    throw new HttpError(401, "unauthorized", "Please login.");
  }
  const info = { authentication_handlers: ["cookie", "default"], ...(authenticated ? { authenticated } : {}) };
  return { status: 200, body: { ok: true, userCtx: { name, roles }, info } };
}

async function logIn(request: HttpRequest, authentication: Authentication): Promise<HttpResponse> {
  const { name, password } = await credentials(request);
  if (name === undefined) throw new HttpError(400, "bad_request", "request body must contain a username");
  try {
    const user = await authentication.login(name, password, request.address);
    const headers: Record<string, string> = { "set-cookie": await authentication.sessionCookie(name) };
    const next = request.query.get("next");
    if (next) headers.location = `http://${request.headers.host}${next.startsWith("/") ? "" : "/"}${next}`;
    return { status: next ? 302 : 200, headers, body: { ok: true, name, roles: user.roles } };
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 401) throw error;
    const cleared = { "set-cookie": await authentication.sessionCookie(null) };
    throw new HttpError(error.status, error.error, error.reason, { headers: cleared });
  }
}

async function credentials(request: HttpRequest): Promise<{ name: string | undefined; password: string }> {
  const text = (await request.body()).toString();
  const type = request.headers["content-type"]?.split(";")[0]?.trim();
  if (type === "application/x-www-form-urlencoded") {
    const form = new URLSearchParams(text);
    return { name: form.get("name") ?? undefined, password: form.get("password") ?? "" };
  }
  const given = (type === "application/json" ? parseJson(text) : {}) as Record<string, unknown>;
  const name = given.name ?? given.username;
  return {
    name: typeof name === "string" ? name : undefined,
    password: typeof given.password === "string" ? given.password : "",
  };
}
