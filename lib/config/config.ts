/** Everything a process of the product may be told from outside, checked. The only place that knows `process.env`. */
export interface Config {
  readonly mode: "production" | "development";
  /** Where the front door listens. */
  readonly host: string;
  readonly port: number;
  /** How the world reaches the front door; no trailing slash. */
  readonly publicUrl: string;
  /** Absolute. Holds the embedded database, the generated secrets and the logs. */
  readonly dataDir: string;
  /** Absolute and short: unix sockets live here. Only this user may enter it. */
  readonly runDir: string;
  /** Where the web role listens for the edge. */
  readonly webSocketPath: string;
  /** Where the edge role listens for the other roles. */
  readonly controlSocketPath: string;
  /** Where the edge role also listens for processes of other machines, which need the same internal secret. */
  readonly controlListen: { readonly host: string; readonly port: number } | null;
  /** Null means: the supervisor runs the embedded database. Its children always get a URL. */
  readonly databaseUrl: string | null;
  /** Shares the limits of callers among all edges; null: each edge counts alone. */
  readonly redisUrl: string | null;
  /** Connections of one process. */
  readonly databaseConnectionsMax: number;
  readonly region: string;
  readonly node: string;
  /** Whether the sample organization, its server and its upstream run. */
  readonly sample: boolean;
  readonly sampleTraffic: boolean;
  readonly secrets: Secrets;
  /** Whether connected servers and hosted code may reach private addresses. */
  readonly allowPrivateUpstreams: boolean;
  /** Operator-declared name → `host:port` that egress may reach although it is private. */
  readonly egressHosts: Readonly<Record<string, string>>;
  /** Origins of web pages that may call MCP endpoints, besides our own and those of the caller's machine; `*` for all. */
  readonly mcpOrigins: readonly string[];
  /** Whether `X-Forwarded-*` of the peer is believed. */
  readonly trustProxy: boolean;
  readonly logLevel: string;
  /** The longest history that a server may keep, in days; 0: nothing is stored. */
  readonly logRetentionDaysMax: number;
  /** Sends e-mail, e.g. `smtps://user:password@mail.example.com:465`; null: none is sent. */
  readonly mail: { readonly url: string; readonly from: string } | null;
  /** A JSON file with the plans of this installation; null: the built-in ones. */
  readonly plansFile: string | null;
  /** Hours of the day in UTC in which closed days get their text index however busy it is; `to` is exclusive. */
  readonly quietHours: { readonly from: number; readonly to: number };
  /** What a Prometheus scraper of the edge's `/metrics` must present; null: there are no metrics. */
  readonly metricsToken: string | null;
  /** How credits are bought; null: owners grant them by hand. */
  readonly stripe: StripeSettings | null;
  /** Where the edge sends spans as OTLP over HTTP; null: nowhere. */
  readonly traces: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | null;
}

export interface StripeSettings {
  readonly secretKey: string;
  /** Signing secrets of the webhook endpoint: the current one, and the next one while it is rotated. */
  readonly webhookSecrets: readonly string[];
  /** Where Stripe is reached instead; for tests. */
  readonly apiBase: string | null;
}

export interface Secrets {
  /** Signs sessions. */
  readonly auth: string;
  /** 32 bytes; seals what is stored encrypted. */
  readonly encryption: Uint8Array;
  /** How our own processes know each other. */
  readonly internal: string;
}

/** The settings do not make a configuration. `problems` has one readable line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}
