/**
 * Every behaviour that the product's two origin documents state, as data. `operations` is "Monitor usage and
 * operations"; `server-logs` is "Server logs". A test cites a requirement by writing its id in square brackets in
 * its title. `requirements.test.ts` fails on an id that nobody cites, on a cited id that does not exist, and on a
 * `planned` one that a test already cites.
 */
export interface Requirement {
  document: "operations" | "server-logs";
  behaviour: string;
  /** The capability has not landed yet; counted and printed. */
  planned?: true;
}

export const REQUIREMENTS = {
  // Hosting and checks
  "ops.hosting.publish-status": {
    document: "operations",
    behaviour: "The Hosting tab shows the publish status.",
  },
  "ops.hosting.regional-health": {
    document: "operations",
    behaviour: "The Hosting tab shows regional health.",
  },
  "ops.hosting.active-url": {
    document: "operations",
    behaviour: "The Hosting tab shows the active MCP URL.",
  },
  "ops.smoke.dashboard": {
    document: "operations",
    behaviour: "A tools/list smoke runs from the dashboard and shows its result.",
  },
  "ops.smoke.cli": {
    document: "operations",
    behaviour: "`mcpstack smoke tools-list <server> --json` runs the smoke.",
  },
  "ops.smoke.json": {
    document: "operations",
    behaviour:
      'The smoke result is JSON with server, transport "streamable-http", status "passed" and toolCount.',
  },
  "ops.smoke.rest": {
    document: "operations",
    behaviour: "POST …/mcp-servers/{serverId}/mcp-smoke/tools-list runs the smoke.",
  },
  "ops.smoke.release-gate": {
    document: "operations",
    behaviour:
      "Smoke tools-list is usable as a release gate: it exits with a failure when the server is broken.",
  },
  "ops.checks.rest": {
    document: "operations",
    behaviour: "POST …/mcp-servers/{serverId}/hosting-checks runs hosting checks.",
  },
  "ops.checks.cli": {
    document: "operations",
    behaviour: "`mcpstack servers checks <server> --json` shows hosting checks as a release gate.",
  },
  "ops.deployment.rest": {
    document: "operations",
    behaviour: "GET …/mcp-servers/{serverId}/deployment reads the deployment state.",
  },
  "ops.operations.rest": {
    document: "operations",
    behaviour: "GET …/mcp-servers/{serverId}/deployment-operations reads the operations.",
  },
  "ops.operations.cli": {
    document: "operations",
    behaviour: "`mcpstack operations list <server> --json` lists the operations.",
  },
  "ops.publish-history": {
    document: "operations",
    behaviour: "Publish history is available to operate a server after launch.",
  },
  "ops.servers.cli-get": {
    document: "operations",
    behaviour: "`mcpstack servers get <server> --json` reads a server.",
  },

  // Request log
  "ops.logs.rest-page": {
    document: "operations",
    behaviour:
      "GET …/mcp-servers/{serverId}/logs?page=1&pageSize=50 with a Bearer token reads the server logs, paginated.",
  },
  "ops.logs.dashboard-filter": {
    document: "operations",
    behaviour: "Logs filters request and tool-call history, paginated.",
  },
  "ops.logs.upstream-calls": {
    document: "operations",
    behaviour: "Gateway logs, runtime logs and upstream API responses can be compared for the same window.",
  },
  "ops.logs.cli-stream": {
    document: "operations",
    behaviour: "`mcpstack logs stream <server>` streams the logs.",
  },

  // Gateways
  "ops.gateways.rest-logs": {
    document: "operations",
    behaviour: "GET …/gateways/{gatewayId}/logs?page=1&pageSize=50 reads gateway logs.",
  },
  "ops.gateways.cli-logs": {
    document: "operations",
    behaviour: "`mcpstack gateways logs <gateway>` reads gateway logs.",
  },
  "ops.gateways.profile-logs": {
    document: "operations",
    behaviour: "Gateways → profile → Logs shows decisions when auth is involved.",
  },
  "ops.gateways.grants": {
    document: "operations",
    behaviour: "Gateway grants decide which tools an agent may call.",
  },

  // Usage, billing, agents
  "ops.usage.org": {
    document: "operations",
    behaviour:
      "Usage shows org-level consumption: tool-call volume, response sizes, runtime errors, agent usage, hosted server count, credit balance.",
  },
  "ops.usage.plan-limits": {
    document: "operations",
    behaviour: "Hosted runtimes have plan limits for max tool-call duration and request and response size.",
  },
  "ops.usage.quota-pressure": {
    document: "operations",
    behaviour: "Usage shows quota pressure against the plan's caps.",
  },
  "ops.billing.summary-rest": {
    document: "operations",
    behaviour: "GET …/ai-credits/summary reads the AI credit summary.",
  },
  "ops.billing.page": {
    document: "operations",
    behaviour: "Settings → Billing shows credit balance, purchases, ledger history and plan caps.",
  },
  "ops.billing.ledger-debits": {
    document: "operations",
    behaviour: "Ledger debits for hosted agent usage explain a drop of credits.",
  },
  "ops.agents.cli-usage": {
    document: "operations",
    behaviour: "`mcpstack agents usage <agent> --json` reads an agent's usage.",
  },
  "ops.agents.budget-tab": {
    document: "operations",
    behaviour: "The agent's Budget & Usage tab shows agent-specific spend.",
  },

  // Incidents
  "ops.incident.order": {
    document: "operations",
    behaviour:
      "An incident is walked through in order: smoke, Hosting, Logs, Gateway logs, Usage and Billing, agent budget.",
  },
  "ops.incident.empty-logs": {
    document: "operations",
    behaviour: "Symptom: empty server logs.",
  },
  "ops.incident.smoke-passes-agent-fails": {
    document: "operations",
    behaviour: "Symptom: smoke passes but the agent fails.",
  },
  "ops.incident.usage-spike": {
    document: "operations",
    behaviour: "Symptom: sudden usage spike.",
  },
  "ops.incident.credits-drop": {
    document: "operations",
    behaviour: "Symptom: credits drop without code changes.",
  },
  "ops.incident.evidence": {
    document: "operations",
    behaviour: "Evidence: server id, timestamp, client or agent, tool name and whether tools/list passes.",
  },

  // Capture
  "log.flow.console-to-dashboard": {
    document: "server-logs",
    behaviour: "console.log() during request handling appears in the dashboard in real time.",
  },
  "log.flow.zero-configuration": {
    document: "server-logs",
    behaviour: "Streaming needs no configuration in the server's code.",
  },
  "log.levels": {
    document: "server-logs",
    behaviour: "console.log and console.info are info, warn is warn, error is error, debug is debug.",
  },
  "log.entry": {
    document: "server-logs",
    behaviour: "An entry has a timestamp in Unix milliseconds, a level and a message.",
  },
  "log.tenant-attribution": {
    document: "server-logs",
    behaviour:
      "A line belongs to the server that wrote it; a tenant header that a client sends is not trusted.",
  },
  "log.isolation": {
    document: "server-logs",
    behaviour: "Logs are isolated per server; those of servers you do not own are out of reach.",
  },
  "log.batch": {
    document: "server-logs",
    behaviour: "Batches hold at most 100 entries and wait at most 1 second.",
  },
  "log.message-10kb": { document: "server-logs", behaviour: "Messages over 10 KB are truncated." },
  "log.cpu-limit": { document: "server-logs", behaviour: "A request has a CPU time limit of 10 seconds." },

  // Viewer
  "log.viewer.view-logs-button": {
    document: "server-logs",
    behaviour: "View Logs in the Server Information section opens a modal with the stream.",
  },
  "log.viewer.direct-path": {
    document: "server-logs",
    behaviour: "/dev/servers/[id] leads to the server's page.",
  },
  "log.viewer.time": { document: "server-logs", behaviour: "Each line shows local time as HH:MM:SS.mmm." },
  "log.viewer.badge": { document: "server-logs", behaviour: "Each line shows a colour-coded level badge." },
  "log.viewer.message": { document: "server-logs", behaviour: "Each line shows the full log message." },
  "log.viewer.auto-scroll": {
    document: "server-logs",
    behaviour:
      "The viewer scrolls to the latest message; scrolling up pauses until the bottom is reached again.",
  },
  "log.viewer.active-only": {
    document: "server-logs",
    behaviour: "Logs are not available for inactive servers.",
  },

  // WebSocket
  "log.ws.path": { document: "server-logs", behaviour: "The stream is a WebSocket at /log-stream/{slug}." },
  "log.ws.session-owner": {
    document: "server-logs",
    behaviour: "Access needs a valid session of a user who owns the server.",
  },
  "log.ws.unauthorized": {
    document: "server-logs",
    behaviour: "Unauthorized access is answered with 401 or 403.",
  },
  "log.ws.disconnect": { document: "server-logs", behaviour: "Closing the modal disconnects the WebSocket." },
  "log.ws.viewers-10": {
    document: "server-logs",
    behaviour: "At most 10 viewers per server; the eleventh cannot connect until a slot opens.",
  },
  "log.ws.idle-5min": {
    document: "server-logs",
    behaviour: "A connection without activity for 5 minutes is closed.",
  },
  "log.retention-none": {
    document: "server-logs",
    behaviour: "With retention 0 nothing is stored: lines are visible only while streaming.",
  },

  // Environment
  "log.env.secret-values": { document: "server-logs", behaviour: "Secrets in log lines are not exposed." },
  "log.env.variables": {
    document: "server-logs",
    behaviour: "Server code reads its environment variables from env.",
  },
  "log.version-endpoint": {
    document: "server-logs",
    behaviour: "Versioned endpoints serve one version of a server.",
  },
  "log.slug-cooling-off": {
    document: "server-logs",
    behaviour: "A slug cools off for 7 days after its server was deleted.",
  },
  "log.external": {
    document: "server-logs",
    behaviour: "Logs can be sent to an external logging service.",
  },
} as const satisfies Record<string, Requirement>;
