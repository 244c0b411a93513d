import { expect } from "../support/fixtures.ts";
import { pidOfRole } from "../support/processes.ts";
import { watching } from "../support/watched-server.ts";

watching(
  "after the data plane was killed the viewer comes back by itself, says that lines may be missing, and goes on",
  async ({ product, watched: { slug, live, write } }) => {
    await live.openPage("acme", slug);
    await write({ text: "before" });
    await expect(live.line("before 1")).toBeVisible();
    process.kill(pidOfRole(product.dataDir, "edge"), "SIGKILL");
    await live.untilNotLive();
    await live.untilLive();
    await expect(async () => write({ text: "after" })).toPass();
    await expect(live.line("after 1").first()).toBeVisible();
    await expect(live.line("before 1")).toBeVisible();
    await expect(live.gaps).toContainText("the stream started anew");
  },
);
