import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "./session";

/** Shows messages in the engine's display, beside the resource they are about. */
export function engineLog(address: string): Log {
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return (severity, urn, message, isStatus = false) => {
    const request = new LogRequest().setUrn(urn).setMessage(message).setEphemeral(isStatus);
    request.setSeverity(LogSeverity[severity.toUpperCase() as keyof typeof LogSeverity]);
    // A message that does not arrive must not stop what it is about.
    client.log(request, () => {});
  };
}
