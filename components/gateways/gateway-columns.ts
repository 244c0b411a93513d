interface GatewayColumn {
  label: string;
  numeric?: true;
  /** Shown from medium or from wide screens on. */
  from?: "medium" | "wide";
}

/** The columns of the list of gateways. */
export const GATEWAY_COLUMNS: readonly GatewayColumn[] = [
  { label: "Gateway" },
  { label: "Ways in", from: "medium" },
  { label: "Servers", numeric: true, from: "wide" },
  { label: "Grants", numeric: true, from: "wide" },
  { label: "Keys", numeric: true, from: "wide" },
  { label: "Calls, 24 h", numeric: true, from: "medium" },
  { label: "Denied, 24 h", numeric: true },
];

export const shownFrom = ({ from }: GatewayColumn): string | false =>
  (from === "wide" && "hidden lg:table-cell") || (from === "medium" && "hidden sm:table-cell");
