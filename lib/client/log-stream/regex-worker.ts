import { type RegexAnswer, type RegexRequest, searchWithRegex } from "./regex-searcher.ts";

/** Entry of the worker that runs a user's regular expression, so that a slow one cannot hold up the page. */
const scope = globalThis as unknown as {
  onmessage: ((event: { data: RegexRequest }) => void) | null;
  postMessage(answer: RegexAnswer): void;
};
scope.onmessage = ({ data }) => scope.postMessage(searchWithRegex(data));
