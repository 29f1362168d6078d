import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config();

// Joins the nodes into one cluster, finishes it, and ends only when every node reports that it is complete.
const cluster = new couch.CouchDbMembership("cluster", {
  nodes: config.requireObject<string[]>("nodes").map((url) => ({ url })),
  adminUser: config.require("adminUser"),
  adminPassword: config.requireSecret("adminPassword"),
});

// Created when the cluster is complete, so each shard gets its copies on different nodes. A database with documents is
// not deleted: see `forceDestroy` and the resource option `retainOnDelete`.
const databases = config
  .requireObject<string[]>("databases")
  .map((name) => new couch.CouchDbDatabase(name, { connection: cluster.connection, name }));

/** The nodes' names, as every node lists them. */
export const members = cluster.members;

/** The databases' names. */
export const databaseNames = databases.map((database) => database.name);
