"use client";

import { Dialog, DialogBody, DialogContent } from "#components/ui/dialog.tsx";
import { CommandKeys } from "./command-keys.tsx";
import { useCommands } from "./commands.ts";

const ALWAYS = [
  { label: "Command menu", keys: "⌘K" },
  { label: "Filter this page", keys: "/" },
  { label: "Next, previous row", keys: "j k" },
  { label: "Next, previous error", keys: "e E" },
];

/** Which keys do what, here and now. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const commands = useCommands();
  const groups = [
    { name: "Everywhere", entries: ALWAYS },
    ...(
      ["Go to", "This server", "This gateway", "This agent", "This incident", "This page", "Actions"] as const
    ).map((name) => ({
      name,
      entries: commands.flatMap((command) =>
        command.group === name && command.keys ? [{ label: command.label, keys: command.keys }] : [],
      ),
    })),
  ].filter((group) => group.entries.length > 0);
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent title="Keyboard shortcuts">
        <DialogBody className="grid gap-x-8 gap-y-5 pb-5 sm:grid-cols-2">
          {groups.map((group) => (
            <section key={group.name}>
              <h3 className="mb-1 text-faint text-xs">{group.name}</h3>
              <dl className="grid">
                {group.entries.map((entry) => (
                  <div key={entry.label} className="flex min-h-7 items-center justify-between gap-3">
                    <dt>{entry.label}</dt>
                    <dd>
                      <CommandKeys keys={entry.keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
