import { SearchX } from "lucide-react";
import Link from "next/link";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** Nothing is at this address, or nothing that this person may see: both look the same. */
export function PageNotFound({
  href = "/",
  label = "Go to the overview",
}: {
  href?: string;
  label?: string;
}) {
  return (
    <div className="grid min-h-[60dvh] place-items-center">
      <EmptyState
        icon={SearchX}
        as="h1"
        title="There is no such page, or you may not see it"
        action={
          <Button asChild>
            <Link href={href}>{label}</Link>
          </Button>
        }
      >
        It may have been deleted or renamed, or it belongs to an organization that you are not a member of.
      </EmptyState>
    </div>
  );
}
