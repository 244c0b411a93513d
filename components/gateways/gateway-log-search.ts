import { createLoader, createParser, parseAsString } from "nuqs/server";
import { DECISION_REASONS } from "#components/requests/decision-reasons.ts";
import { windowSearch, windowViewOf } from "#components/requests/window-search.ts";
import type { GatewayLogView } from "#lib/client/queries/gateway-logs.ts";

/** Longest values that the API takes; anything longer counts as absent. */
const SERVER_CHARACTERS_MAX = 64;
const PRINCIPAL_CHARACTERS_MAX = 300;
const REQUEST_ID_CHARACTERS_MAX = 64;

const parseAsShortText = (charactersMax: number) =>
  createParser({
    parse: (text) => (text.length <= charactersMax ? text : null),
    serialize: (text: string) => text,
  }).withDefault("");

/** `allowed`, `denied` or a reason that is known. */
const parseAsDecision = createParser({
  parse: (text) => (text === "denied" || DECISION_REASONS.some((reason) => reason === text) ? text : null),
  serialize: (text: string) => text,
}).withDefault("");

/** The whole state of the page, in its address. */
export const gatewayLogSearch = {
  ...windowSearch,
  decision: parseAsDecision,
  server: parseAsShortText(SERVER_CHARACTERS_MAX),
  principal: parseAsShortText(PRINCIPAL_CHARACTERS_MAX),
  requestId: parseAsShortText(REQUEST_ID_CHARACTERS_MAX),
  /** The request that is open in the drawer. */
  request: parseAsString,
};

export const loadGatewayLogSearch = createLoader(gatewayLogSearch);
export type GatewayLogSearch = Awaited<ReturnType<typeof loadGatewayLogSearch>>;

/** What may change in the address. */
export type GatewayLogChange = {
  readonly [Name in keyof GatewayLogSearch]?: GatewayLogSearch[Name] | null;
};

/** What the address asks the API for. */
export const viewOf = (search: GatewayLogSearch): GatewayLogView => ({
  filter: {
    decision: search.decision,
    server: search.server,
    principal: search.principal,
    requestId: search.requestId,
  },
  ...windowViewOf(search),
});

/** True when something beside the window narrows the list. */
export const isNarrowed = (
  search: Pick<GatewayLogSearch, "decision" | "server" | "principal" | "requestId">,
): boolean =>
  search.decision !== "" || search.server !== "" || search.principal !== "" || search.requestId !== "";

/** What an empty filter looks like, for `setSearch`. */
export const NO_FILTERS = {
  decision: null,
  server: null,
  principal: null,
  requestId: null,
  page: null,
  asOf: null,
} as const;
