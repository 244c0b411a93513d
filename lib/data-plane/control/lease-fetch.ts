import { type Dispatcher, type RequestInit as UndiciInit, fetch as undiciFetch } from "undici";

/** A `fetch` whose every request goes to one runtime, whatever its URL says. */
export function createLeaseFetch(
  dispatcher: Dispatcher,
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input;
    // The two fetch implementations differ in their types only.
    const options = { ...init, dispatcher } as unknown as UndiciInit;
    return (await undiciFetch(url, options)) as unknown as Response;
  };
}
