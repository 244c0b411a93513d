import type { z } from "zod";

/** What the server needs from its environment. */
export interface SupportEnvironment {
  SUPPORT_API_URL?: string;
  SUPPORT_API_KEY?: string;
}

/** A failure that the model can act on: told as a tool result, not as a protocol error. */
export class SupportApiError extends Error {
  override readonly name = "SupportApiError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Query = Record<string, string | number | undefined>;

/** The ticket desk's API over fetch: typed answers, one retry when it asks us to slow down. */
export interface TicketApi {
  get<Schema extends z.ZodType>(path: string, schema: Schema, query?: Query): Promise<z.output<Schema>>;
  send<Schema extends z.ZodType>(
    method: "POST" | "PATCH",
    path: string,
    schema: Schema,
    body: object,
  ): Promise<z.output<Schema>>;
}

const ATTEMPTS_MAX = 2;
const RETRY_DELAY_MS_MAX = 1_000;
const ERROR_TEXT_CHARACTERS_MAX = 300;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `error` of the API's own error body, or its text. */
async function errorText(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, ERROR_TEXT_CHARACTERS_MAX);
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === "string" ? error : text;
  } catch {
    return text;
  }
}

export function createTicketApi(environment: SupportEnvironment): TicketApi {
  const { SUPPORT_API_URL: baseUrl, SUPPORT_API_KEY: key } = environment;

  async function request(method: string, path: string, query: Query, body?: object): Promise<unknown> {
    if (!baseUrl || !key)
      throw new SupportApiError(0, "Set SUPPORT_API_URL and SUPPORT_API_KEY for this server.");
    const url = new URL(path, baseUrl);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    for (let attempt = 1; ; attempt++) {
      const startedAt = Date.now();
      const response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          accept: "application/json",
          ...(body ? { "content-type": "application/json" } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      console.debug(
        "support api: %s %s → %d in %d ms",
        method,
        url.pathname,
        response.status,
        Date.now() - startedAt,
      );
      if (response.ok) return await response.json();
      const text = await errorText(response);
      if (response.status === 429 && attempt < ATTEMPTS_MAX) {
        const delayMs = Math.min(
          RETRY_DELAY_MS_MAX,
          Number(response.headers.get("retry-after") ?? 1) * 1_000,
        );
        console.warn("support api asks us to slow down; trying again in %d ms", delayMs);
        await wait(delayMs);
        continue;
      }
      if (response.status >= 500) console.error("support api failed: %d %s", response.status, text);
      throw new SupportApiError(response.status, text || `The support API answered ${response.status}.`);
    }
  }

  const checked = <Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    answer: unknown,
  ): z.output<Schema> => {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    console.error("support api answered %s in an unknown form:", path, parsed.error.message);
    throw new SupportApiError(502, "The support API answered in a form that this server does not know.");
  };

  return {
    get: async (path, schema, query = {}) => checked(schema, path, await request("GET", path, query)),
    send: async (method, path, schema, body) => checked(schema, path, await request(method, path, {}, body)),
  };
}
