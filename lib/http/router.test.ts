import { expect, test } from "vitest";
import { z } from "zod";
import { defineRoute, type HttpMethod } from "./define-route.ts";
import { createRouter } from "./router.ts";

const route = (method: HttpMethod, path: `/${string}`, operationId: string) =>
  defineRoute({
    method,
    path,
    operationId,
    summary: "",
    access: "public",
    response: z.null(),
    handle: () => null,
  });
const find = createRouter([
  route("GET", "/things", "list"),
  route("GET", "/things/{thing}", "get"),
  route("PUT", "/things/{thing}", "put"),
  route("GET", "/things/new", "new"),
  route("GET", "/things/{thing}/parts/{part}", "part"),
  route("GET", "/things/new/notes", "notes"),
]);
const seen = (method: string, path: string) => {
  const lookup = find(method, path);
  return lookup.found === "route" ? [lookup.match.route.operationId, lookup.match.params] : lookup;
};

test("a literal segment wins over a parameter, without hiding what only the parameter has", () => {
  expect(seen("GET", "/things/new")).toEqual(["new", {}]);
  expect(seen("GET", "/things/newer")).toEqual(["get", { thing: "newer" }]);
  expect(seen("GET", "/things/new/parts/7")).toEqual(["part", { thing: "new", part: "7" }]);
  expect(seen("HEAD", "/things")).toEqual(["list", {}]);
});

test("a parameter is decoded once; an encoded slash stays inside its segment", () => {
  expect(seen("GET", "/things/a%2Fb%20c")).toEqual(["get", { thing: "a/b c" }]);
  expect(seen("GET", "/things/%252F")).toEqual(["get", { thing: "%2F" }]);
  expect(seen("GET", "/things/..%2f..")).toEqual(["get", { thing: "../.." }]);
});

test("what cannot name anything finds nothing", () => {
  for (const path of [
    "",
    "/",
    "/things/",
    "//things",
    "/things//parts/1",
    "/things/%",
    "/things/%00",
    "/things/%0a",
    `/things/${"x".repeat(301)}`,
  ]) {
    expect(seen("GET", path), path).toEqual({ found: "nothing" });
  }
});

test("a method that is not there says which are", () => {
  expect(seen("POST", "/things/a")).toEqual({ found: "path", allow: ["GET", "HEAD", "PUT"] });
  expect(seen("constructor", "/things")).toEqual({ found: "path", allow: ["GET", "HEAD"] });
});

test("two routes for one call, or two operations of one name, do not start", () => {
  expect(() => createRouter([route("GET", "/a", "x"), route("GET", "/b", "x")])).toThrow("defined twice");
  expect(() => createRouter([route("GET", "/a/{b}", "x"), route("GET", "/a/{c}", "y")])).toThrow(
    "defined twice",
  );
});
