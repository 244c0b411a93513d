import { handleAuth } from "#lib/http/auth-handler.ts";

export const dynamic = "force-dynamic";

export { handleAuth as GET, handleAuth as POST };
