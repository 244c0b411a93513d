import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const places = process.env.CHROMIUM_PATH?.split(":") ?? [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const chromium = places.find((place) => existsSync(place));

const ALONE = "alone/*.spec.ts";

/** The built product in a real browser. `e2e/support/global-setup.ts` starts it and says where it is. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  globalSetup: "./e2e/support/global-setup.ts",
  fullyParallel: false,
  // Tests mostly wait for pages and processes.
  workers: 3,
  // A browser on a machine that is busy elsewhere: what needs its second try is named at the end of the run.
  retries: 1,
  // Where two cores have much else to do, it takes a page a while to become interactive.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.E2E_BASE_URL,
    // Recording each step of each test takes a fifth of the machine.
    trace: "on-first-retry",
    screenshot: "only-on-failure",
    launchOptions: {
      // Drawing as a graphics card would, by the processor, costs more than drawing without one.
      args: ["--disable-gpu"],
      ...(chromium ? { executablePath: chromium } : {}),
    },
  },
  projects: [
    { name: "side by side", testIgnore: ALONE },
    // What disturbs the whole product, or takes the whole machine, comes when everything else is done.
    { name: "alone", testMatch: ALONE, workers: 1, dependencies: ["side by side"] },
  ],
});
