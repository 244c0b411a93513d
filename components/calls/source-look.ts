/** The parties of a call. */
export type CallSource = "client" | "gateway" | "runtime" | "upstream";

/** How a party looks: one letter beside the colour, so that colour is never the only sign. */
export interface PartyLook {
  readonly letter: string;
  readonly label: string;
  readonly chip: string;
  readonly bar: string;
  readonly text: string;
}

export const SOURCE_LOOK: Readonly<Record<CallSource, PartyLook>> = {
  client: {
    letter: "C",
    label: "Client",
    chip: "bg-raised text-muted",
    bar: "bg-faint",
    text: "text-muted",
  },
  gateway: {
    letter: "G",
    label: "Gateway",
    chip: "bg-gateway/14 text-gateway",
    bar: "bg-gateway",
    text: "text-gateway",
  },
  runtime: {
    letter: "R",
    label: "Runtime",
    chip: "bg-runtime/14 text-runtime",
    bar: "bg-runtime",
    text: "text-runtime",
  },
  upstream: {
    letter: "U",
    label: "Upstream",
    chip: "bg-upstream/14 text-upstream",
    bar: "bg-upstream",
    text: "text-upstream",
  },
};
