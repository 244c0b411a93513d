// The end-to-end tests need a Chromium. Finds it, or installs it where that is possible without asking.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const places = (
  process.env.CHROMIUM_PATH ?? "/usr/bin/chromium:/usr/bin/chromium-browser:/usr/bin/google-chrome"
).split(":");

if (!places.some((place) => existsSync(place))) {
  const isDebianRoot =
    existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get") && process.getuid?.() === 0;
  if (!isDebianRoot || !install()) {
    console.error(
      "The end-to-end tests need Chromium, and there is none on this machine. Install it (on Debian and Ubuntu: " +
        "sudo apt-get install chromium), or set CHROMIUM_PATH to the program.",
    );
    process.exit(1);
  }
}

function install() {
  console.log("Installing Chromium for the end-to-end tests …");
  const options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=120"];
  const run = (...args) =>
    spawnSync("apt-get", [...options, ...args], {
      stdio: "inherit",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0;
  return run("update") && run("install", "--no-install-recommends", "chromium");
}
