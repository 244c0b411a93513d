"use client";

import { Sheet, SheetContent } from "#components/ui/sheet.tsx";
import type { Me } from "#lib/contract/index.ts";
import { Sidebar } from "./sidebar.tsx";

/** The sidebar as a drawer, open while it is mounted. */
export function MobileDrawer({ org, me, onClose }: { org: string; me: Me; onClose: () => void }) {
  return (
    <Sheet open onOpenChange={(open) => (open ? undefined : onClose())}>
      <SheetContent title="Navigation" side="left" hideHeader>
        <Sidebar org={org} me={me} onNavigate={onClose} />
      </SheetContent>
    </Sheet>
  );
}
