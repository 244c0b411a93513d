import type { Attachment, CreatedAccessKey, Gateway } from "#lib/contract/index.ts";
import { type ApiClient, publishHosted } from "./api-client.ts";
import { uniqueSlug } from "./fixtures.ts";
import { hostedCode } from "./hosted-code.ts";

export interface FrontedServer {
  slug: string;
  gateway: Gateway;
  attachment: Attachment;
  key: CreatedAccessKey;
}

/** A hosted server behind a gateway of its own that keys open; everyone who gets in may call every tool. */
export async function frontedServer(api: ApiClient, name: string): Promise<FrontedServer> {
  const slug = uniqueSlug(name);
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  const gateway = await api.do<Gateway>("POST", "/gateways", { body: { name: slug, access: ["key"] } });
  const attachment = await api.do<Attachment>("PUT", `/mcp-servers/${slug}/gateway`, {
    body: { gatewayId: gateway.id },
  });
  const key = await api.do<CreatedAccessKey>("POST", `/gateways/${gateway.id}/keys`, {
    body: { name: "robot" },
  });
  return { slug, gateway, attachment, key };
}
