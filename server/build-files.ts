import { existsSync } from "node:fs";
import path from "node:path";

const STATIC_URL = "/_next/static/";

/**
 * Tells requests for a file that the build does not have, such as one of an earlier build that an open page still asks
 * for. Next would take its path for a page's and send the browser to sign in.
 */
export function createMissingBuildFile(buildDirectory: string): (url: string) => boolean {
  const files = path.join(buildDirectory, "static");
  return (url) => {
    const [pathname = ""] = url.split("?");
    if (!pathname.startsWith(STATIC_URL)) return false;
    let name: string;
    try {
      name = decodeURIComponent(pathname.slice(STATIC_URL.length));
    } catch {
      // Not valid percent-encoding: no file has such a name.
      return true;
    }
    const file = path.join(files, name);
    return name.includes("\0") || !file.startsWith(files + path.sep) || !existsSync(file);
  };
}
