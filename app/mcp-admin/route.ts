import { answerMcpAdmin } from "#lib/http/mcp-admin/index.ts";

export const dynamic = "force-dynamic";

export { answerMcpAdmin as DELETE, answerMcpAdmin as GET, answerMcpAdmin as POST };
