/** A Pulumi program: nodes from the stack's configuration become a cluster with one database. */
import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config("test");

const credentials = new couch.CouchDbCredentials("credentials", { iterations: 10 });

const membership = new couch.CouchDbMembership("cluster", {
  nodes: config.requireObject<string[]>("nodes").map((url) => ({ url })),
  adminUser: config.require("user"),
  adminPassword: config.requireSecret("password"),
  timeoutSeconds: 60,
});

new couch.CouchDbDatabase("orders", {
  connection: membership.connection,
  name: "orders",
  security: { members: { roles: ["clerk"] } },
});

export const members = membership.members;
export const adminPassword = credentials.adminPassword;
