import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config();

/** Where the nodes answer. They run already; `npm start` has started them. */
export const urls = config.requireObject<string[]>("nodes");

// Joins the nodes to one cluster, finishes it, and ends only when every node says so.
const cluster = new couch.CouchDbMembership("cluster", {
  nodes: urls.map((url) => ({ url })),
  adminUser: config.require("adminUser"),
  adminPassword: config.requireSecret("adminPassword"),
});

// Made when the cluster is complete, so each shard gets its copies on different nodes.
const orders = new couch.CouchDbDatabase("orders", {
  connection: cluster.connection,
  name: "orders",
  forceDestroy: true, // a playground: `npm stop` may delete it with its documents
});

/** The nodes' names, as every one of them lists them. */
export const members = cluster.members;

/** The database's name. */
export const database = orders.name;
