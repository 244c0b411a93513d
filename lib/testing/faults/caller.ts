import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

/** What came of one request of a caller. */
export interface Answered {
  readonly isOk: boolean;
  /** Of failures: the error's words. */
  readonly error: string | null;
}

/** A real MCP client of somebody who uses a server. */
export interface Caller {
  list(): Promise<Answered>;
  /** Calls without listing before, as a client that kept its list does. */
  call(tool: string, args?: Record<string, unknown>, meta?: Record<string, string>): Promise<Answered>;
  /** The same call so many times, `atOnce` at a time. */
  repeat(
    times: number,
    tool: string,
    args?: (turn: number) => Record<string, unknown>,
    atOnce?: number,
  ): Promise<Answered[]>;
}

export interface CallerOptions {
  url: string;
  /** A key or token; none: nothing is presented. */
  credential?: string | undefined;
  clientName?: string;
  era?: "auto" | "legacy";
  /** Told the ids that the edge gave to this caller's requests. */
  onRequest(requestId: string): void;
  timeoutMs?: number;
}

/** Connects with its first request. One that cannot connect tries again with its next request, as agents do. */
export function createCaller(options: CallerOptions): Caller {
  const {
    url,
    credential,
    clientName = "desk-client",
    era = "auto",
    onRequest,
    timeoutMs = 20_000,
  } = options;
  let connected: Client | null = null;

  const connect = async (): Promise<Client> => {
    const client = new Client({ name: clientName, version: "1.0.0" }, { versionNegotiation: { mode: era } });
    // Stray transport errors belong to no request; requests report their own.
    client.onerror = () => undefined;
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` } },
      fetch: async (target, init) => {
        const response = await fetch(target, init);
        const requestId = response.headers.get("x-request-id");
        if (requestId !== null) onRequest(requestId);
        return response;
      },
    });
    await client.connect(transport, { timeout: timeoutMs });
    return client;
  };
  const answered = async (work: (client: Client) => Promise<{ isError?: boolean }>): Promise<Answered> => {
    try {
      connected ??= await connect();
      const { isError } = await work(connected);
      return { isOk: isError !== true, error: isError === true ? "isError" : null };
    } catch (error) {
      return { isOk: false, error: String(error) };
    }
  };
  const call: Caller["call"] = (tool, args = {}, meta) =>
    answered(
      async (client) =>
        (await client.callTool(
          { name: tool, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) },
          { timeout: timeoutMs },
        )) as { isError?: boolean },
    );
  return {
    call,
    list: () =>
      answered(async (client) => {
        await client.listTools(undefined, { timeout: timeoutMs, cacheMode: "bypass" });
        return {};
      }),
    async repeat(times, tool, args = (turn) => ({ query: `ticket ${turn}` }), atOnce = 4) {
      const answers: Answered[] = [];
      for (let turn = 0; turn < times; turn += atOnce) {
        const size = Math.min(atOnce, times - turn);
        answers.push(
          ...(await Promise.all(Array.from({ length: size }, (_, i) => call(tool, args(turn + i))))),
        );
      }
      return answers;
    },
  };
}
