import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";

/** Said of a server that stores nothing, and where to change it. */
export function LiveOnly({ org, slug }: { org: string; slug: string }) {
  return (
    <Notice
      action={
        <Button asChild size="sm">
          <Link href={`/${org}/servers/${slug}/settings`}>Change retention</Link>
        </Button>
      }
    >
      Live only: this server stores no history. Its console is shown live and its requests are counted;
      nothing of them is kept.
    </Notice>
  );
}
