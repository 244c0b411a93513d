"use client";

import { ScrollText } from "lucide-react";
import { currentCommands } from "#components/shell/commands.ts";
import { Button } from "#components/ui/button.tsx";
import { useServer } from "./server-context.tsx";

/** Opens the live log that the head of the page holds. */
export function ViewLogsButton() {
  const server = useServer();
  return (
    <Button
      size="sm"
      onClick={() =>
        currentCommands()
          .find((command) => command.id === `view-logs-${server.id}`)
          ?.run()
      }
    >
      <ScrollText aria-hidden="true" />
      View Logs
    </Button>
  );
}
