import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const config = new pulumi.Config();

const namespace = new kubernetes.core.v1.Namespace("shop", { metadata: { name: config.require("namespace") } }).metadata
  .name;

const cluster = new couch.CouchDbCluster("orders", {
  namespace,
  replicas: config.requireNumber("replicas"),
  spread: config.require("spread"),
  storageClass: config.get("storageClass") || undefined,
});

const orders = new couch.CouchDbDatabase("orders", {
  connection: cluster.connection,
  name: "orders",
  forceDestroy: true,
});

// The application starts when the cluster is complete, as it uses the cluster's URL and the database's name.
const labels = { app: "shop" };
const program = new kubernetes.core.v1.ConfigMap("shop", {
  metadata: { namespace },
  data: { "shop.js": readFileSync(join(__dirname, "shop.js"), "utf8") },
});
const admin = (key: string) => ({ secretKeyRef: { name: cluster.adminSecretName, key } });
const shop = new kubernetes.apps.v1.Deployment("shop", {
  metadata: { namespace },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: "shop",
            image: config.require("image"),
            command: ["node", "/app/shop.js"],
            env: [
              { name: "COUCHDB_URL", value: cluster.url },
              { name: "COUCHDB_DATABASE", value: orders.name },
              { name: "COUCHDB_USER", valueFrom: admin("username") },
              { name: "COUCHDB_PASSWORD", valueFrom: admin("password") },
            ],
            ports: [{ name: "http", containerPort: 8080 }],
            readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 2 },
            volumeMounts: [{ name: "program", mountPath: "/app" }],
          },
        ],
        volumes: [{ name: "program", configMap: { name: program.metadata.name } }],
      },
    },
  },
});

/** Name of the application's Deployment. */
export const deployment = shop.metadata.name;

/** URL of the database cluster. */
export const url = cluster.url;
