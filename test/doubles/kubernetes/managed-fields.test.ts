import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCreatedByPulumi, withFieldsOfPredecessors } from "./managed-fields";

const created = {
  manager: "pulumi-kubernetes-1",
  operation: "Update",
  fieldsV1: { "f:spec": { "f:type": {}, "f:a": {} } },
};
const status = { manager: "controller", operation: "Update", subresource: "status", fieldsV1: { "f:status": {} } };

describe("fields that an applying manager takes over", () => {
  it("are those of the creation, which become its own", () => {
    const own = { ...created, manager: "pulumi-kubernetes-2", operation: "Apply" };
    assert.deepEqual(withFieldsOfPredecessors([created, status], "pulumi-kubernetes-2"), [status, own]);
  });

  it("are added to those that it has", () => {
    const own = { manager: "m", operation: "Apply", fieldsV1: { "f:spec": { "f:b": {} } } };
    const fieldsV1 = { "f:spec": { "f:b": {}, "f:type": {}, "f:a": {} } };
    assert.deepEqual(withFieldsOfPredecessors([own, created], "m"), [{ ...own, fieldsV1 }]);
  });

  it("exclude those of other controllers, of subresources, and of who applies, too", () => {
    const others = [status, { ...created, manager: "scaler" }, { ...created, operation: "Apply" }];
    assert.equal(withFieldsOfPredecessors(others, "m"), others);
    assert.equal(isCreatedByPulumi({ metadata: { managedFields: others } }), false);
    assert.equal(isCreatedByPulumi({ metadata: { managedFields: [created] } }), true);
  });
});
