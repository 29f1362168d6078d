import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config();

/** URLs of the nodes, which `npm start` has started. */
export const urls = config.requireObject<string[]>("nodes");

// Joins the nodes to one cluster, finishes it, and ends only when every node reports so.
const cluster = new couch.CouchDbMembership("cluster", {
  nodes: urls.map((url) => ({ url })),
  adminUser: config.require("adminUser"),
  adminPassword: config.requireSecret("adminPassword"),
});

// Created when the cluster is complete, so that each shard gets its copies on different nodes.
const orders = new couch.CouchDbDatabase("orders", {
  connection: cluster.connection,
  name: "orders",
  forceDestroy: true, // a trial: `npm stop` may delete it with its documents
});

/** The nodes' names, as every node lists them. */
export const members = cluster.members;

/** The database's name. */
export const database = orders.name;
