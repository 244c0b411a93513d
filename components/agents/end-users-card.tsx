"use client";

import { Users } from "lucide-react";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { AgentUsage } from "#lib/contract/index.ts";
import { SpendOfCap } from "./spend-of-cap.tsx";

/** For whom the agent spent this month, most first, beside what each of them may spend. */
export function EndUsersCard({ usage }: { usage: Pick<AgentUsage, "endUsers"> }) {
  const { endUsers } = usage;
  return (
    <Card
      title="End users this month"
      aside={endUsers.length > 0 ? <span className="text-faint">{formatCount(endUsers.length)}</span> : null}
    >
      {endUsers.length === 0 ? (
        <EmptyState icon={Users} title="No spend by end user yet" className="py-7">
          Calls that say for whom they are appear here: with the header{" "}
          <code className="text-xs">X-MCPStack-End-User</code>, or{" "}
          <code className="text-xs">mcpstack/endUser</code> in the call's{" "}
          <code className="text-xs">_meta</code>.
        </EmptyState>
      ) : (
        <div className="max-h-96 overflow-y-auto">
          <Table label="End users this month">
            <TableHead>
              <TableRow>
                <TableHeader>End user</TableHeader>
                <TableHeader>Spent</TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {endUsers.map(({ endUser, spentMicros, capMicros }) => (
                <TableRow key={endUser}>
                  <TableCell className="w-full max-w-0 truncate">
                    {endUser === "" ? (
                      <span className="text-muted italic">anonymous</span>
                    ) : (
                      <span className="font-mono text-xs" title={endUser}>
                        {withSigns(endUser)}
                      </span>
                    )}
                  </TableCell>
                  <TableCell>
                    <SpendOfCap spentMicros={spentMicros} capMicros={capMicros} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
    </Card>
  );
}
