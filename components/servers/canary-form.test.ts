import { describe, expect, it } from "vitest";
import { canaryOf, canaryValues, missingArguments, scheduleOptions } from "./canary-form.ts";

describe("the form of a canary", () => {
  it("gives back the canary that it was filled with", () => {
    const canary = { tool: "echo", arguments: { text: "hi" }, expectedText: "hi", everySeconds: 300 };
    expect(canaryOf(canaryValues(canary), { text: "hi" })).toEqual(canary);
    const bare = { tool: "echo", arguments: {}, expectedText: null, everySeconds: null };
    expect(canaryOf(canaryValues(bare), {})).toEqual(bare);
  });

  it("offers a schedule that was set elsewhere, so that saving does not change it", () => {
    expect(scheduleOptions("45").map(({ value }) => value)).toContain("45");
    expect(scheduleOptions("60")).toHaveLength(scheduleOptions("").length);
  });

  it("names the required arguments that are missing, whatever the schema holds", () => {
    const schema = { required: ["id", "reason", 7] };
    expect(missingArguments(schema, { id: null })).toEqual(["reason"]);
    expect(missingArguments({ required: "id" }, {})).toEqual([]);
    expect(missingArguments(undefined, {})).toEqual([]);
  });
});
