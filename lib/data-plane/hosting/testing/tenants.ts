/** Sources of hosted servers that misbehave in one way each. `/mcp` answers everything; other paths do the deed. */
export const TENANT = `
const big = "x".repeat(5 * 1024 * 1024);
console.info("at module scope");
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    switch (url.pathname) {
      case "/methods":
        console.log("log", 1, { a: 1n, m: new Map([["k", 1]]) });
        console.info("info %s %d", "x", 5);
        console.warn("warn");
        console.error("failed:", new TypeError("boom"));
        console.debug("debug");
        console.trace("trace");
        console.dir({ deep: { deeper: { deepest: [1] } } });
        console.table([{ a: 1 }]);
        console.assert(false, "untrue");
        await wait(5);
        console.log("later");
        return new Response("ok");
      case "/throw":
        throw new TypeError("tenant bug");
      case "/loop":
        console.log("before the loop");
        for (;;);
      case "/allocate": {
        const kept = [];
        for (;;) kept.push(new Array(100_000).fill(Math.random()));
      }
      case "/buffers": {
        const kept = [];
        for (;;) { const block = new Uint8Array(64 * 1024 * 1024).fill(1); kept.push(block); await wait(0); }
      }
      case "/many":
        for (let index = 0; index < 100_000; index++) console.log("line " + index);
        return new Response("ok");
      case "/big":
        console.log(big);
        return new Response("ok");
      case "/fetch":
        try {
          const response = await fetch(url.searchParams.get("url"), { method: "POST", body: "hello", redirect: "manual" });
          return new Response(response.status + " " + (await response.text()));
        } catch (error) {
          return new Response("threw " + error.message);
        }
      case "/connect": {
        const { connect } = await import("cloudflare:sockets");
        try {
          const socket = connect(url.searchParams.get("address"));
          await socket.opened;
          return new Response("connected");
        } catch (error) {
          return new Response("threw " + error.message);
        }
      }
      case "/websocket":
        try {
          const response = await fetch(url.searchParams.get("url"), { headers: { upgrade: "websocket" } });
          return new Response(String(response.status));
        } catch (error) {
          return new Response("threw " + error.message);
        }
      case "/forge":
        await ctx.exports.default.fetch(
          new Request("http://x/say", { headers: { "x-request-id": url.searchParams.get("id") } }),
        );
        return new Response("ok");
      case "/say":
        console.log("said");
        return new Response("ok");
      case "/slow":
        await wait(Number(url.searchParams.get("ms")));
        return new Response("slow " + env.NAME);
      default:
        return new Response(env.NAME ?? "unnamed");
    }
  },
};
`;
