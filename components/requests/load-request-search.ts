import { createLoader } from "nuqs/server";
import { requestSearch } from "./request-search.ts";

/** Reads the state of the page from its address. Apart from the parsers, because a browser has another way. */
export const loadRequestSearch = createLoader(requestSearch);
