import { expect, test } from "vitest";
import { bearerOf, clientAddressOf, cookiesOf, headerOf } from "./request-headers.ts";

test("headers read the same from the web platform and from node:http", () => {
  expect(headerOf(new Headers({ Origin: "http://a" }), "origin")).toBe("http://a");
  expect(headerOf({ origin: "http://a" }, "origin")).toBe("http://a");
  expect(headerOf({ "set-cookie": ["a", "b"] }, "set-cookie")).toBe("a, b");
  expect(headerOf({}, "origin")).toBeNull();
});

test("cookies survive odd values, and the first of a name counts", () => {
  expect({ ...cookiesOf({ cookie: "a=1; b=x%20y;c=100%; =no; d; a=2; __proto__=p" }) }).toMatchObject({
    a: "1",
    b: "x y",
    c: "100%",
  });
  expect(Object.prototype).not.toHaveProperty("p");
});

test("a Bearer token is one word after the scheme", () => {
  expect(bearerOf({ authorization: "bearer  abc" })).toBe("abc");
  for (const authorization of ["abc", "Basic abc", "Bearer", "Bearer a b", "Bearer a, Bearer b"]) {
    expect(bearerOf({ authorization })).toBeNull();
  }
});

test("the address is the last entry, which the edge wrote", () => {
  expect(clientAddressOf({ "x-forwarded-for": "6.6.6.6, 192.0.2.1" })).toBe("192.0.2.1");
  expect(clientAddressOf({})).toBe("unknown");
});
