/** Answers the watchdog from the same event loop that runs the tenant: no answer means that the loop is held. */
export default { fetch: () => new Response("ok") };
