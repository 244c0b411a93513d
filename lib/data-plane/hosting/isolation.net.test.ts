import { readFileSync, readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createHostingFixture, type HostingFixture, pidsOf } from "./testing/hosting-fixture.ts";
import { TENANT } from "./testing/tenants.ts";

const levelOf = (host: HostingFixture): unknown =>
  host.log.lines
    .map(({ fields }) => (fields as { isolation?: unknown }).isolation)
    .find((level) => level !== undefined);

const onLinux = describe.skipIf(process.platform !== "linux");

onLinux("isolation", () => {
  it("is as strong as this host allows, says how strong, and holds what it says", async () => {
    const host = createHostingFixture();
    try {
      await host.call(host.server(TENANT));
      const [pid = 0] = pidsOf(host);
      const level = levelOf(host);
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
      if (level !== "none") {
        expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
        expect(status).toMatch(/^CapEff:\s+0+$/m);
      }
      if (level === "network+user" || level === "user") expect(uid).toBe(65_534);
      else expect(uid).toBe(process.getuid?.());
      if (level === "network+user" || level === "network+namespace") {
        expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync("/proc/self/ns/net"));
      }
      expect(readFileSync(`/proc/${pid}/environ`, "latin1")).not.toContain("PATH=");
    } finally {
      await host.close();
    }
  });

  it("works under any umask", async () => {
    const before = process.umask(0o077);
    try {
      const host = createHostingFixture();
      expect((await host.call(host.server(TENANT, { NAME: "masked" }))).text).toBe("masked");
      await host.close();
    } finally {
      process.umask(before);
    }
  });

  it.each([
    [
      "without unshare",
      (name: string) => (name === "unshare" ? null : `/usr/bin/${name}`),
      /^(user|no-new-privileges)$/,
    ],
    [
      "where unshare is forbidden",
      (name: string) => (name === "unshare" ? "/bin/false" : `/usr/bin/${name}`),
      /^(user|no-new-privileges)$/,
    ],
    ["without any tool", () => null, /^none$/],
  ])(
    "%s is weaker, and servers still run with no way out but the egress proxy",
    async (_name, findTool, level) => {
      const host = createHostingFixture({ findTool });
      try {
        const server = host.server(TENANT, { NAME: "runs" });
        expect((await host.call(server)).text).toBe("runs");
        expect(levelOf(host)).toMatch(level);
        expect((await host.call(server, "/fetch?url=http://127.0.0.1:22/")).text).toMatch(
          /^403 egress refused/,
        );
        expect((await host.call(server, "/connect?address=127.0.0.1:22")).text).toMatch(/^threw/);
      } finally {
        await host.close();
      }
    },
  );
});
