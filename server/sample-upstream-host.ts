/** The name by which the sample server's code reaches its upstream. Only an operator's alias gives it an address. */
export const SAMPLE_UPSTREAM_HOST = "tickets.sample.internal";
