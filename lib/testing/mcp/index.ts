/** A gateway on a real socket, and real MCP servers of both SDK generations behind it. */
export { type AnsweringUpstream, startAnsweringUpstream } from "./answering-upstream.ts";
export { startEverythingServer } from "./everything-server.ts";
export { startLegacySession } from "./legacy-session.ts";
export {
  type JsonRpcError,
  openRequest,
  rawRequest,
  responseOf,
  toolCall,
} from "./raw-client.ts";
export { type RealIssuer, startRealIssuer } from "./real-issuer.ts";
export {
  type ScriptedUpstream,
  sseEvent,
  startScriptedUpstream,
  toolResult,
} from "./scripted-upstream.ts";
export { startLegacyServer, startModernServer, type TestMcpServer } from "./sdk-servers.ts";
export {
  agentEntry,
  gatewayEntry,
  grantEntry,
  INTERNAL_SECRET,
  listenOnLoopback,
  type StoredConfiguration,
  serverEntry,
  startTestGateway,
  type TestGateway,
  testKey,
} from "./test-gateway.ts";
