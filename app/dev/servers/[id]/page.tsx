import { notFound, redirect } from "next/navigation";
import { findServerPage } from "#lib/rsc/find-server-page.ts";

/** The documented short address of a server: leads to its page. */
export default async function ServerShortcutPage({ params }: PageProps<"/dev/servers/[id]">) {
  const page = await findServerPage((await params).id);
  if (page === null) notFound();
  redirect(page);
}
