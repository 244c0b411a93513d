/** A gateway on a real socket, and real MCP servers of both SDK generations behind it. */
export { startEverythingServer } from "./everything-server.ts";
export { startLegacySession } from "./legacy-session.ts";
export {
  type JsonRpcError,
  openRequest,
  rawRequest,
  responseOf,
  toolCall,
} from "./raw-client.ts";
export {
  type ScriptedUpstream,
  sseEvent,
  startScriptedUpstream,
  toolResult,
} from "./scripted-upstream.ts";
export { startLegacyServer, startModernServer, type TestMcpServer } from "./sdk-servers.ts";
export {
  INTERNAL_SECRET,
  serverEntry,
  startTestGateway,
  type TestGateway,
} from "./test-gateway.ts";
