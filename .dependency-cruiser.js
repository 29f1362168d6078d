/**
 * Which folder may import which: `npm run lint` checks it. Imports of types count like all others.
 *
 * The ground floor knows no room; a room imports another only where `builtOn` says so; a program that runs in a pod
 * knows nothing of Pulumi; the public entries are for users alone.
 */

/** What knows no database and no component. */
const ground = "^components/(clients|dynamic|kubernetes|reconcile|runtime|validation)/";

/** A capability each: $1 is the room. */
const room = "^components/((?:couchdb|couchbase)/[^/]+|backup|bootstrap|controller|hosts|reschedule)/";

/** The rooms that build on others, and why. A new entry needs a reason; what two rooms need alike goes to the ground floor. */
const builtOn = {
  "couchdb/cluster": {
    membership: "the cluster declares the membership that joins its pods",
    credentials: "the cluster makes its own passwords and cookie",
    preflight: "the preflight stands before the StatefulSet",
    claims: "the claims grow before the StatefulSet changes",
    sidecar: "the sidecar's container joins the pods with `join: sidecar`",
    join: "an image's version is compared by the rule that joining has",
  },
  "couchdb/membership": {
    join: "the membership carries out the join",
    credentials: "a changed password is compared by its hash",
  },
  "couchdb/sidecar": {
    join: "the program carries out the same plan",
    credentials: "the administrator's Secret is named by the same argument",
  },
  "couchdb/preflight": {
    join: "members that leave are withdrawn by the same plan",
    claims: "volumes of an earlier cluster are reported before pods take them over",
  },
};

const betweenRooms = Object.entries(builtOn).map(([from, others]) => ({
  name: `${from.replace("/", "-")}-is-built-on`,
  comment: `${from} imports, of all rooms, only ${Object.keys(others).join(", ")}.`,
  severity: "error",
  from: { path: `^components/${from}/` },
  to: { path: room, pathNot: [from, ...Object.keys(others).map((name) => `couchdb/${name}`)].map(folder) },
}));

function folder(path) {
  return `^components/${path}/`;
}

module.exports = {
  forbidden: [
    {
      name: "no-circle",
      comment: "Move what both files need to a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "ground-floor-knows-no-room",
      comment: "Pass in what the ground floor needs from a room, or move it down.",
      severity: "error",
      from: { path: ground },
      to: { path: "^components/", pathNot: ground },
    },
    {
      name: "no-room-sideways",
      comment: "Move what both rooms need to the ground floor; or add a reason to `builtOn` in .dependency-cruiser.js.",
      severity: "error",
      from: { path: room, pathNot: Object.keys(builtOn).map(folder) },
      to: { path: room, pathNot: "^components/$1/" },
    },
    ...betweenRooms,
    {
      name: "program-knows-no-pulumi",
      comment: "A program runs in a pod or a Lambda; nothing of @pulumi is there.",
      severity: "error",
      from: { path: ["^components/.*/program/", "^components/runtime/"] },
      to: { path: "(^|/)@pulumi/" },
    },
    {
      name: "policy-knows-no-component",
      comment: "Policies know type tokens alone, so that the pack runs without this package.",
      severity: "error",
      from: { path: "^policy/" },
      to: { path: "^components/" },
    },
    {
      name: "entries-are-for-users",
      comment: "Import the file itself: an entry loads everything that it exports.",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^components/(index|aws|hosts|handlers)[.]ts$" },
    },
    {
      name: "package-knows-no-test",
      comment: "Tests, toolchain and quickstart are not in the package.",
      severity: "error",
      from: { path: "^components/" },
      to: { path: "^(test|toolchain|quickstart|examples)/" },
    },
    {
      name: "import-leads-somewhere",
      comment: "The imported file or package was not found. (What leads to `dist` is there only after a build.)",
      severity: "error",
      from: { path: "^components/" },
      to: { couldNotResolve: true, pathNot: "^(#|pulumi-couch(/|$))|[.]bundle[.]js$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|examples)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "require", "node", "default"],
    },
    skipAnalysisNotInRules: true,
  },
};
