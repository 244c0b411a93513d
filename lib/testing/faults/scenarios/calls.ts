import { updateGateway } from "#lib/domain/gateways/index.ts";
import { changePlan } from "#lib/domain/plans/index.ts";
import { updateServerConfig } from "#lib/domain/servers/index.ts";
import { cause, type Fault } from "../fault.ts";
import { type Fleet, pricedPlan, setPrices } from "../fleet.ts";
import { openScene, type Scene, type SceneOptions } from "../scene.ts";

/** A desk whose app listed and called well until a moment ago. */
export async function workingDesk(
  fleet: Fleet,
  { durationMs, ...options }: SceneOptions & { durationMs?: number } = {},
): Promise<Scene> {
  const scene = await openScene(fleet, options);
  await scene.past({ calls: 60, ...(durationMs === undefined ? {} : { durationMs }) });
  await appTries(scene, "get_ticket", 4);
  return scene;
}

/** The app lists, which works, and calls. */
export async function appTries(scene: Scene, tool = "get_ticket", times = 10): Promise<void> {
  const app = scene.caller();
  await app.list();
  await app.repeat(times, tool);
}

/** Something is done to a desk that works, and calls of the app fail from then on. */
const breaking =
  (harm: (scene: Scene) => unknown, options: SceneOptions = {}): Fault["inject"] =>
  async (fleet) => {
    const scene = await workingDesk(fleet, options);
    await harm(scene);
    await appTries(scene);
    return scene.ask({ tool: "get_ticket" });
  };

/** Puts the organization on a free plan with such a cap. */
async function capPlan(scene: Scene, caps: Parameters<typeof pricedPlan>[2]): Promise<void> {
  const plan = `caps-of-${scene.organization.slug}`;
  await setPrices(scene.fleet.system, pricedPlan(plan, 0, caps), 600);
  await changePlan(scene.ago(300), { plan });
  await scene.refresh();
}

export const CALL_FAULTS: readonly Fault[] = [
  {
    id: "calls-need-more-rights",
    symptom: "call_fails",
    expect: cause("call_time_authorization", "upstream_auth"),
    isReduced: true,
    inject: breaking((scene) => {
      scene.desk.behaviour.status.calls = 401;
    }),
  },
  {
    id: "api-key-refused",
    symptom: "call_fails",
    expect: cause("upstream_auth"),
    isReduced: true,
    inject: breaking(
      (scene) => {
        scene.api.behaviour.key = "desk-2";
      },
      { kind: "hosted" },
    ),
  },
  {
    id: "upstream-refuses-us",
    symptom: null,
    expect: cause("upstream_auth"),
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      scene.desk.behaviour.status.all = 401;
      await appTries(scene);
      return scene.ask();
    },
  },
  {
    id: "upstream-gone",
    symptom: null,
    expect: cause("upstream_down"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await scene.desk.close();
      await appTries(scene);
      return scene.ask();
    },
  },
  {
    id: "api-gone",
    symptom: "call_fails",
    expect: cause("upstream_down"),
    inject: breaking((scene) => scene.api.close(), { kind: "hosted" }),
  },
  {
    id: "upstream-breaks",
    symptom: "call_fails",
    expect: cause("upstream_errors"),
    inject: breaking((scene) => {
      scene.desk.behaviour.status.calls = 500;
    }),
  },
  {
    id: "api-breaks",
    symptom: "call_fails",
    expect: cause("upstream_errors"),
    inject: breaking(
      (scene) => {
        scene.api.behaviour.status = 503;
      },
      { kind: "hosted" },
    ),
  },
  {
    id: "answer-too-large",
    symptom: "call_fails",
    expect: cause("size_cap"),
    inject: breaking(async (scene) => {
      await capPlan(scene, { responseBytesMax: 65_536 });
      scene.desk.behaviour.tools.get_ticket = { bytes: 300_000 };
    }),
  },
  {
    id: "request-too-large",
    symptom: "call_fails",
    expect: cause("size_cap"),
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await capPlan(scene, { requestBytesMax: 16_384 });
      const app = scene.caller();
      await app.list();
      await app.repeat(8, "get_ticket", () => ({ query: "x".repeat(40_000) }));
      return scene.ask({ tool: "get_ticket" });
    },
  },
  {
    id: "takes-too-long",
    symptom: "call_fails",
    expect: cause("time_cap"),
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await capPlan(scene, { toolCallDurationMsMax: 1_000 });
      scene.desk.behaviour.tools.get_ticket = { delayMs: 4_000 };
      await appTries(scene, "get_ticket", 8);
      return scene.ask({ tool: "get_ticket" });
    },
  },
  {
    id: "nothing-handles-it",
    symptom: "call_fails",
    expect: cause("handler_missing"),
    inject: breaking((scene) => {
      scene.desk.behaviour.tools.get_ticket = { isUnhandled: true };
    }),
  },
  {
    // It never worked: a new tool of a version of long ago.
    id: "code-throws",
    symptom: "call_fails",
    expect: cause("server_code_error"),
    async inject(fleet) {
      const scene = await openScene(fleet, { kind: "hosted", traits: { throwsIn: "close_ticket" } });
      await scene.past({ calls: 60 });
      await appTries(scene, "close_ticket");
      return scene.ask({ tool: "close_ticket" });
    },
  },
  {
    id: "runtime-out-of-memory",
    symptom: "call_fails",
    expect: cause("runtime_crash"),
    async inject(fleet) {
      const scene = await openScene(fleet, { kind: "hosted", traits: { allocatesIn: "close_ticket" } });
      await scene.past({ calls: 60 });
      const app = scene.caller();
      await app.list();
      await app.repeat(3, "close_ticket", undefined, 1);
      return scene.ask({ tool: "close_ticket" });
    },
  },
  {
    id: "setting-removed",
    symptom: "call_fails",
    expect: cause("config_change"),
    inject: breaking(
      async (scene) => {
        await updateServerConfig(scene.ctx, { server: scene.server.id, environment: { API_KEY: null } });
        await scene.refresh();
      },
      { kind: "hosted" },
    ),
  },
  {
    id: "too-many-calls",
    symptom: "call_fails",
    expect: cause("rate_limited"),
    isReduced: true,
    async inject(fleet) {
      const scene = await workingDesk(fleet);
      await updateGateway(scene.ago(300), { gateway: scene.gateway?.id ?? "", callsPerMinuteMax: 10 });
      await appTries(scene, "search_tickets", 30);
      return scene.ask();
    },
  },
];
