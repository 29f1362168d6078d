import * as pulumi from "@pulumi/pulumi";
import * as couch from "pulumi-couch";

const orders = new couch.CouchDbCluster("orders", {
  namespace: new pulumi.Config().require("namespace"),
  spread: couch.Spread.None,
  storageSize: "100Mi",
  resources: { requests: { cpu: "10m", memory: "32Mi" } },
  drainSeconds: 1,
  terminationGraceSeconds: 10,
});

export const members = orders.membership.members;
