import { type AddressRefusedError, classOfAddress, type ResolvedTarget } from "../network/index.ts";
import type { CheckedHost } from "./checked-host.ts";
import { type Finding, failed, passed } from "./step.ts";

/** Addresses that are shown of one name, at most. */
const SHOWN_MAX = 6;

/** What a name resolved to. Private addresses of an upstream are counted, never shown. */
export function dnsFinding({ url, isUpstream }: CheckedHost, target: ResolvedTarget): Finding {
  const { host, isAlias, addresses } = target;
  if (isAlias) return passed(`${host} leads where the operator of this installation says.`);
  const shown = addresses.filter(({ address }) => !isUpstream || classOfAddress(address) === "public");
  const hidden = addresses.length - shown.length;
  if (shown.length === 1 && shown[0]?.address === host)
    return passed(`${host} is an address: there is no name to resolve.`);
  if (addresses.length === 0) return failed(`${url.hostname} resolves to no address.`, dnsFix(isUpstream));
  const texts = shown.slice(0, SHOWN_MAX).map(({ address }) => address);
  if (shown.length > SHOWN_MAX) texts.push(`${shown.length - SHOWN_MAX} more`);
  if (hidden > 0) texts.push(`${hidden} private ${hidden === 1 ? "address" : "addresses"} (not shown)`);
  return passed(`${host} → ${texts.join(", ")}`);
}

const RESOLVER_AWAY = new Set(["EAI_AGAIN", "ETIMEOUT", "ESERVFAIL", "EREFUSED", "ECONNREFUSED"]);

/** Why a name did not resolve. */
export function dnsFailure({ url, isUpstream }: CheckedHost, error: unknown): Finding {
  if (isRefused(error))
    return failed(
      `${error.message}.`,
      "Use a public host, or have the operator of this installation open it.",
    );
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && RESOLVER_AWAY.has(code))
    return failed(
      `${url.hostname} could not be resolved just now (${code}).`,
      "Check the DNS resolver of this edge's machine, then run the check again.",
    );
  return failed(
    `${url.hostname} does not resolve${code === undefined ? "" : ` (${code})`}.`,
    dnsFix(isUpstream),
  );
}

const isRefused = (error: unknown): error is AddressRefusedError =>
  error instanceof Error && error.name === "AddressRefusedError";

const dnsFix = (isUpstream: boolean): string =>
  isUpstream
    ? "Check the spelling of the upstream's host name and its DNS record."
    : "Create a DNS record for the public host name, or correct the public URL of this installation.";
