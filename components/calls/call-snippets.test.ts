import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommand } from "#lib/cli/parse-command.ts";
import {
  credentialOf,
  curlOf,
  headerValue,
  recordedArguments,
  smokeCommandOf,
  typescriptOf,
  urlOf,
} from "./call-snippets.ts";

const URL_ = "http://127.0.0.1:3000/mcp/desk";
const HOSTILE = [
  "it's",
  "$(touch /tmp/pwned)",
  "`id`",
  '"; rm -rf / #',
  "a\nb",
  "-rf",
  "--help",
  "$HOME",
  "\\",
  "!!",
  "*",
  "名前\u2028\u202e",
  "__proto__",
  "</script>",
];
const NAME = fc
  .oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", minLength: 1, maxLength: 40 }))
  .filter((name) => name.isWellFormed() && !name.includes("\0"));

/** The words that a shell makes of a command: `curl` and `mcpstack` print theirs instead of running. */
function wordsOf(commandLine: string): string[][] {
  const script = `curl() { printf '%s\\0' "$#" "$@" >&3; }; mcpstack() { curl "$@"; }; ${commandLine}`;
  const env: NodeJS.ProcessEnv = { NODE_ENV: "test", HOME: "/nowhere", PATH: "/usr/bin:/bin" };
  const out = execFileSync("/bin/bash", ["-c", `exec 3>&1 1>/dev/null; ${script}`], { env });
  const fields = out.toString("utf8").split("\0").slice(0, -1);
  const commands: string[][] = [];
  // Each command says first how many words follow: a word may be any text.
  while (fields.length > 0) commands.push(fields.splice(0, 1 + Number(fields[0])).slice(1));
  return commands;
}
const flagged = (words: readonly string[], flag: string): string[] =>
  words.flatMap((word, index) => (words[index - 1] === flag ? [word] : []));

describe("a call as curl", () => {
  it("sends exactly the tool's name and arguments, whatever stands in them", () => {
    fc.assert(
      fc.property(NAME, fc.dictionary(NAME, fc.oneof(NAME, fc.integer())), (tool, args) => {
        const [words = []] = wordsOf(
          curlOf({ method: "tools/call", tool, era: "modern", arguments: args }, URL_),
        );
        const message = JSON.parse(flagged(words, "-d")[0] ?? "");
        expect(message.params.name).toBe(tool);
        expect(JSON.stringify(message.params.arguments)).toBe(JSON.stringify(args));
        expect(words).toContain(URL_);
        for (const line of flagged(words, "-H")) expect(line).toMatch(/^[\x20-\x7e]+$/);
      }),
      { numRuns: 25 },
    );
  });

  it("is one stateless request in the modern era, with the name in a header as the protocol wraps it", () => {
    const text = curlOf({ method: "tools/call", tool: "it's", era: "modern" }, URL_, "YOUR_KEY");
    expect(text).toContain("-H 'mcp-method: tools/call'");
    expect(text).toContain(`-H 'mcp-name: it'\\''s'`);
    expect(text).toContain("-H 'authorization: Bearer YOUR_KEY'");
    expect(headerValue("名前")).toBe("=?base64?5ZCN5YmN?=");
    expect(headerValue(" padded")).toBe("=?base64?IHBhZGRlZA==?=");
    expect(headerValue("=?base64?x?=")).toMatch(/^=\?base64\?.+\?=$/);
  });

  it("is a session in the legacy era: begin, confirm, call", () => {
    const text = curlOf({ method: "tools/call", tool: "get", era: "legacy", arguments: { a: "'" } }, URL_);
    expect(text).toContain('"method":"initialize"');
    const calls = wordsOf(text);
    const methods = calls.map((words) => JSON.parse(flagged(words, "-d")[0] ?? "{}").method);
    expect(methods).toEqual(["initialize", "notifications/initialized", "tools/call"]);
    expect(JSON.parse(flagged(calls[2] ?? [], "-d")[0] ?? "").params).toEqual({
      name: "get",
      arguments: { a: "'" },
    });
    expect(text).not.toContain("2026-07-28");
  });
});

describe("a call as a smoke test in a terminal", () => {
  it("reaches the command as the same server, tool and arguments", () => {
    fc.assert(
      fc.property(NAME, fc.dictionary(NAME, NAME), (tool, args) => {
        const [words = []] = wordsOf(smokeCommandOf({ method: "tools/call", tool, arguments: args }, "desk"));
        const parsed = parseCommand(words);
        if (parsed.kind !== "run") throw new Error("it is not a command that runs");
        expect(parsed.args).toEqual({ server: "desk", tool });
        expect(parsed.options.args).toBe(JSON.stringify(args));
      }),
      { numRuns: 25 },
    );
  });
});

describe("a call with the TypeScript SDK", () => {
  it("is a program whose texts are the call's, whatever stands in them", () => {
    fc.assert(
      fc.property(NAME, fc.dictionary(NAME, NAME), (tool, args) => {
        const program = typescriptOf({ method: "tools/call", tool, arguments: args }, URL_);
        const literal = /callTool\(([\s\S]*)\);\nconsole\.log\(JSON/.exec(program)?.[1] ?? "";
        const read: unknown = new Function(`return ${literal}`)();
        expect(JSON.stringify(read)).toBe(JSON.stringify({ name: tool, arguments: args }));
      }),
    );
  });

  it("speaks the era of the call", () => {
    const call = { method: "tools/call", tool: "get" } as const;
    expect(typescriptOf({ ...call, era: "legacy" }, URL_)).toContain('mode: "legacy"');
    expect(typescriptOf({ ...call, era: "modern" }, URL_)).toContain('mode: "auto"');
    expect(typescriptOf(call, URL_, "YOUR_KEY")).toContain('Authorization: "Bearer YOUR_KEY"');
  });
});

const DIRECT = { gateway: null, mcpUrl: URL_, directUrl: URL_ };
const FRONTED = {
  gateway: { id: "gw_1", name: "Partners", publicId: "p1" },
  mcpUrl: "http://127.0.0.1:3000/gateway/p1/mcp",
  directUrl: URL_,
};
const decision = (principal: string | null, reason = "allowed") => ({
  allowed: reason === "allowed",
  reason,
  principal,
  principalName: null,
  grantId: null,
  explanation: null,
});

describe("where a call can be made again, and as whom", () => {
  it("is the gateway's URL while one stands before the server, else the direct one", () => {
    expect(urlOf({ gatewayId: null }, DIRECT)).toBe(URL_);
    expect(urlOf({ gatewayId: null }, FRONTED)).toBe(FRONTED.mcpUrl);
    expect(urlOf({ gatewayId: "gw_1" }, FRONTED)).toBe(FRONTED.mcpUrl);
    expect(urlOf({ gatewayId: "gw_gone" }, DIRECT)).toBe(URL_);
  });

  it("names what is needed, and never a real credential", () => {
    const of = (principal: string | null, reason?: string) =>
      credentialOf({ gatewayId: "gw_1", decision: decision(principal, reason) }, FRONTED);
    expect(of("key:key_7f")).toBe("YOUR_KEY");
    expect(of("oauth:somebody")).toBe("YOUR_ACCESS_TOKEN");
    expect(of(null, "credentials_missing")).toBe("YOUR_KEY");
    expect(of("anonymous")).toBeNull();
    expect(credentialOf({ gatewayId: null, decision: null }, FRONTED)).toBe("YOUR_KEY");
    expect(credentialOf({ gatewayId: null, decision: null }, DIRECT)).toBeNull();
  });

  it("takes the recorded arguments only where they are whole", () => {
    const body = (request: string | null) => [
      { id: "log_1", request, response: null, requestBytes: 0, responseBytes: 0 },
    ];
    const of = (request: string | null) => recordedArguments({ id: "log_1" }, body(request));
    expect(of('{"params":{"name":"a","arguments":{"id":7}}}')).toEqual({ id: 7 });
    expect(of('{"params":{"name":"a","argum')).toBeNull();
    expect(of('{"params":{"name":"a"}}')).toBeNull();
    expect(of(null)).toBeNull();
    expect(recordedArguments({ id: "log_2" }, body('{"params":{"arguments":{}}}'))).toBeNull();
  });
});
