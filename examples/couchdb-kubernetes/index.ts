import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config();

// Comes up joined, finished and verified on every node.
const cluster = new couch.CouchDbCluster("couchdb", {
  replicas: config.requireNumber("replicas"),
  image: config.require("image"),
  storageSize: config.require("storageSize"),
  storageClass: config.get("storageClass") || undefined,
  spread: config.require("spread"),
  join: config.require("join"),
  namespace: config.require("namespace"),
});

/** URL of the cluster, for clients in the Kubernetes cluster. */
export const url = cluster.url;

/** The nodes' Erlang names, as `_membership` lists them. */
export const nodeNames = cluster.nodeNames;

/** Name of the Secret with the administrator's `username` and `password`. */
export const adminSecretName = cluster.adminSecretName;

/** What every node lists as its members: the proof that the cluster is complete. */
export const members = cluster.membership.members;
