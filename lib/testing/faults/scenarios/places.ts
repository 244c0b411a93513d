import { eq } from "drizzle-orm";
import { edgeNodes } from "#drizzle/schema/index.ts";
import { createServer, deleteServer } from "#lib/domain/servers/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { cause, type Fault } from "../fault.ts";
import { openScene } from "../scene.ts";
import { appTries, workingDesk } from "./calls.ts";

/** One region, one version, or no server at all. */
export const PLACE_FAULTS: readonly Fault[] = [
  {
    // From one region there is no way to the upstream.
    id: "region-cut-off",
    symptom: "one_region_or_version",
    expect: cause("region_down"),
    isAlone: true,
    async inject(fleet) {
      const scene = await openScene(fleet, { regional: true });
      await scene.past({ calls: 40 });
      await scene.past({ calls: 40, region: "us" });
      fleet.regional.us.target = null;
      await scene.caller().repeat(15, "search_tickets");
      await scene.caller({ region: "us" }).repeat(15, "search_tickets");
      return scene.ask();
    },
  },
  {
    id: "edge-silent",
    symptom: "one_region_or_version",
    expect: cause("region_down"),
    isAlone: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await scene.past({ calls: 40, region: "us" });
      // What an edge leaves behind whose machine lost its power.
      const { db } = fleet.database;
      await db.insert(edgeNodes).values({
        node: "edge-ap",
        region: "ap",
        version: "0.1.0",
        controlAddress: "unix:/nowhere/ap.sock",
        ownUrl: "http://127.0.0.1:9",
        heartbeatAt: new Date(Date.now() - limits.nodes.silentMs - 60_000),
      });
      await scene.past({ calls: 40, region: "ap" });
      await appTries(scene, "search_tickets");
      return {
        ...(await scene.ask()),
        undo: async () => {
          await db.delete(edgeNodes).where(eq(edgeNodes.node, "edge-ap"));
        },
      };
    },
  },
  {
    id: "bad-version",
    symptom: "one_region_or_version",
    expect: cause("bad_deployment"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted" });
      await scene.publish("1.1.0", { throwsIn: "get_ticket" });
      await appTries(scene, "get_ticket", 12);
      return scene.ask();
    },
  },
  {
    // Nobody says that it is about a version.
    id: "bad-version-unasked",
    symptom: null,
    expect: cause("bad_deployment"),
    async inject(fleet) {
      const scene = await workingDesk(fleet, { kind: "hosted" });
      await scene.publish("1.1.0", { unhandled: "get_ticket" });
      await appTries(scene, "get_ticket", 12);
      return scene.ask();
    },
  },
  {
    id: "never-published",
    symptom: null,
    expect: cause("not_published"),
    async inject(fleet) {
      const scene = await openScene(fleet);
      const slug = `${scene.server.slug}-draft`;
      await createServer(scene.ago(600), { kind: "hosted", name: slug, slug });
      await scene.refresh();
      await scene.caller({ url: `${fleet.url("eu")}/mcp/${slug}` }).repeat(5, "search_tickets");
      return scene.ask({ server: slug });
    },
  },
  {
    id: "deleted-meanwhile",
    symptom: null,
    expect: cause("server_deleted"),
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await deleteServer(scene.ctx, { server: scene.server.id });
      await scene.caller().repeat(5, "search_tickets");
      return scene.ask({ server: scene.server.id });
    },
  },
];
