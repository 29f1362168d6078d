import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { unsupported } from "./configuration";
import { deleteObject } from "./delete";
import type { Change } from "./diff";
import { diffConfiguration } from "./diff-configuration";
import type { JsonObject } from "./objects";
import { PartialFailure } from "./partial-failure";
import type { Provider } from "./provider";
import { read } from "./read";
import { create, update } from "./write";

/** Serves the provider to the engine on a free port of the loopback, and returns the port. */
export async function serve(provider: Provider, version: string): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(ResourceProviderService as unknown as grpc.ServiceDefinition, service(provider, version));
  return new Promise((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

function service(provider: Provider, version: string): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(async () => new PluginInfo().setVersion(version)),
    attach: unary(async () => new Empty()),
    cancel: unary(async () => {
      provider.cancel();
      return new Empty();
    }),
    getSchema: unary(async () =>
      new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "kubernetes", version })),
    ),
    getMapping: unary(async () => new messages.GetMappingResponse()),
    checkConfig: unary(async (request: messages.CheckRequest) =>
      new messages.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(async (request: messages.DiffRequest) => {
      const { changed, replaces } = await diffConfiguration(json(request.getOlds()), json(request.getNews()));
      const response = new messages.DiffResponse().setDiffsList(changed).setReplacesList(replaces);
      return response.setChanges(messages.DiffResponse.DiffChanges[changed.length > 0 ? "DIFF_SOME" : "DIFF_NONE"]);
    }),
    configure: unary(async (request: messages.ConfigureRequest) => {
      const variables = Object.fromEntries(
        [...request.getVariablesMap().entries()].map(([key, value]) => [key.replace(/^kubernetes:config:/, ""), value]),
      );
      await provider.configure(variables);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: unary(async (request: messages.CheckRequest) => {
      const seed = request.getRandomseed_asU8();
      const inputs = await provider.check(request.getUrn(), json(request.getOlds()), json(request.getNews()), seed);
      return new messages.CheckResponse().setInputs(struct(inputs));
    }),
    diff: unary(async (request: messages.DiffRequest) => {
      const ignored = request.getIgnorechangesList();
      const answer = await provider.diff(json(request.getOlds()), json(request.getNews()), ignored);
      const response = new messages.DiffResponse().setReplacesList(answer.replaces);
      response.setDeletebeforereplace(answer.deleteBeforeReplace).setHasdetaileddiff(true);
      response.setChanges(messages.DiffResponse.DiffChanges[answer.changes.size > 0 ? "DIFF_SOME" : "DIFF_NONE"]);
      for (const [path, change] of answer.changes) response.getDetaileddiffMap().set(path, propertyDiff(change));
      return response;
    }),
    create: unary(async (request: messages.CreateRequest) => {
      const properties = json(request.getProperties());
      const made = await create(
        provider.session,
        request.getUrn(),
        properties,
        request.getPreview(),
        request.getTimeout(),
      );
      return new messages.CreateResponse().setId(made.id).setProperties(struct(made.outputs));
    }),
    read: unary(async (request: messages.ReadRequest) => {
      const properties = json(request.getProperties());
      const found = await read(
        provider.session,
        request.getUrn(),
        request.getId(),
        properties,
        json(request.getInputs()),
      );
      const response = new messages.ReadResponse();
      if (!found) return response;
      return response.setId(found.id).setProperties(struct(found.outputs)).setInputs(struct(found.inputs));
    }),
    update: unary(async (request: messages.UpdateRequest) => {
      const outputs = await update(
        provider.session,
        request.getUrn(),
        json(request.getOlds()),
        json(request.getNews()),
        {
          preview: request.getPreview(),
          timeout: request.getTimeout(),
          ignored: request.getIgnorechangesList(),
        },
      );
      return new messages.UpdateResponse().setProperties(struct(outputs));
    }),
    delete: unary(async (request: messages.DeleteRequest) => {
      await deleteObject(
        provider.session,
        request.getUrn(),
        request.getId(),
        json(request.getProperties()),
        request.getTimeout(),
      );
      return new Empty();
    }),
    invoke: unary(async (request: messages.InvokeRequest): Promise<messages.InvokeResponse> => {
      throw unsupported(`the function ${request.getTok()}`);
    }),
    construct: unary(async (request: messages.ConstructRequest): Promise<messages.ConstructResponse> => {
      throw unsupported(`the component ${request.getType()}`);
    }),
  };
}

type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

/** A method of the service; what it throws becomes the call's error, with the object's state where there is one. */
function unary<Request, Response>(answer: (request: Request) => Promise<Response>): Unary<Request, Response> {
  return async (call, callback) => {
    try {
      callback(null, await answer(call.request));
    } catch (error) {
      callback(callError(error as Error), null);
    }
  };
}

function callError(error: Error): Partial<grpc.StatusObject> {
  const answer = { code: grpc.status.UNKNOWN, details: error.message };
  if (!(error instanceof PartialFailure)) return answer;
  const detail = new messages.ErrorResourceInitFailed();
  detail
    .setId(error.id)
    .setProperties(struct(error.outputs))
    .setReasonsList([error.message, ...error.reasons]);
  if (error.inputs) detail.setInputs(struct(error.inputs));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(error.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  // Where gRPC implementations look for an error's structured details.
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { ...answer, metadata };
}

function propertyDiff({ kind, replace }: Change): messages.PropertyDiff {
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: replace ? Kind.ADD_REPLACE : Kind.ADD,
    update: replace ? Kind.UPDATE_REPLACE : Kind.UPDATE,
    delete: replace ? Kind.DELETE_REPLACE : Kind.DELETE,
  };
  return new messages.PropertyDiff().setKind(kinds[kind]).setInputdiff(kind === "delete");
}

function json(properties: Struct | undefined): JsonObject {
  return (properties?.toJavaScript() ?? {}) as JsonObject;
}

function struct(object: JsonObject): Struct {
  return Struct.fromJavaScript(object as Record<string, JavaScriptValue>);
}
