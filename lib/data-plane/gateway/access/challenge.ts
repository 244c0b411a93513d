import type { GatewayEntry } from "../../directory/index.ts";
import { metadataUrlOf } from "../identify.ts";

/** Where callers are, for what they are told. */
export interface Place {
  /** The public URL of the server as it was called. */
  readonly url: string;
  /** The metadata document of that URL; null where no tokens are taken. */
  readonly metadataUrl: string | null;
  /** Scopes that a token needs. */
  readonly scopes: readonly string[];
}

/** The place of a server behind a gateway. */
export function placeOf(publicUrl: string, publicId: string, { oauth }: GatewayEntry): Place {
  return {
    url: `${publicUrl}/gateway/${publicId}/mcp`,
    metadataUrl: oauth ? metadataUrlOf(publicUrl, publicId) : null,
    scopes: oauth?.scopes ?? [],
  };
}

/**
 * `WWW-Authenticate` as RFC 6750 §3, RFC 9728 §5.1 and the MCP authorization specification ask for. A caller who presented
 * nothing is told no error; one whose credentials were bad, or too narrow, learns which of the two.
 */
export function challengeOf(
  { metadataUrl, scopes }: Place,
  error?: { code: "invalid_token" | "insufficient_scope" | "invalid_request"; description: string },
): string {
  const parameters: string[] = [];
  // The scheme needs a parameter, even where nothing else can be said.
  if (metadataUrl === null) parameters.push('realm="mcp"');
  else parameters.push(`resource_metadata="${metadataUrl}"`);
  if (error) {
    parameters.push(`error="${error.code}"`, `error_description="${quotable(error.description)}"`);
  }
  if (metadataUrl !== null && scopes.length > 0) parameters.push(`scope="${scopes.join(" ")}"`);
  return `Bearer ${parameters.join(", ")}`;
}

/** RFC 6750 allows printable ASCII without quotes and backslashes. */
const quotable = (text: string): string =>
  text.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'").slice(0, 300);
