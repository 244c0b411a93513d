/** A gateway on a real socket, and real MCP servers of both SDK generations behind it. */
export { startLegacyServer, startModernServer, type TestMcpServer } from "./sdk-servers.ts";
export {
  INTERNAL_SECRET,
  listenOnLoopback,
  serverEntry,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from "./test-gateway.ts";
