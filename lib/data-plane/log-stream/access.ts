import type { IncomingHttpHeaders } from "node:http";

/** What proves who a viewer is; kept while it watches, to ask again. */
export type Credentials = Pick<IncomingHttpHeaders, "authorization" | "cookie">;

/** Whether somebody may watch the lines of an organization's servers. */
export type AccessVerdict =
  | {
      kind: "allowed";
      /** Shown to the others who watch, and to whom the slots are full for. */
      name: string;
      /** When the session or token ends by itself, epoch milliseconds; null never. */
      expiresAtMs: number | null;
    }
  | { kind: "unauthenticated" }
  | { kind: "forbidden" };

/**
 * Decides from the credentials of a request. `organizationId` is null when there is no such server: the verdict then
 * is `forbidden` for everybody who is signed in, so that a stranger learns nothing about slugs.
 */
export type Authorize = (credentials: Credentials, organizationId: string | null) => Promise<AccessVerdict>;
