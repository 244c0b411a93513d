"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useState } from "react";
import { useIncident } from "#components/incidents/incident-context.tsx";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SecretOnce } from "#components/ui/secret-once.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { createIncidentShare, incidentKey, incidentSharesQuery } from "#lib/client/queries/incidents.ts";
import { ShareItem } from "./share-item.tsx";
import { SHARE_LENGTH_DEFAULT, SHARE_LENGTHS } from "./share-words.ts";

/** Links to the report for people without an account: made here, shown once, and ended here. */
export function ShareCard() {
  const { org, ref } = useIncident();
  const { can } = useOrganization();
  const shares = useQuery(incidentSharesQuery(org, ref));
  const mayShare = can("incidents:write");
  return (
    <Card title="Share links">
      <div className="grid gap-3 p-4">
        <p className="text-muted">
          Whoever has the link reads this report without signing in, until the link ends or is revoked.
        </p>
        {mayShare ? (
          <NewShare />
        ) : (
          <p className="text-muted text-xs">Making a link needs the role developer or more.</p>
        )}
      </div>
      {shares.data === undefined ? (
        shares.isError ? (
          <QueryError query={shares} title="The links could not be loaded" className="border-t py-6" />
        ) : (
          <div className="border-t p-4" aria-busy="true">
            <Skeleton className="w-2/3" />
          </div>
        )
      ) : shares.data.length === 0 ? (
        <p className="border-t px-4 py-3 text-muted text-xs">No link was made yet.</p>
      ) : (
        <ul className="divide-y border-t" aria-label="Share links">
          {shares.data.map((share) => (
            <ShareItem key={share.id} share={share} mayRevoke={mayShare} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function NewShare() {
  const { org, ref } = useIncident();
  const queryClient = useQueryClient();
  const [length, setLength] = useState<string>(SHARE_LENGTH_DEFAULT);
  const create = useMutation({
    mutationFn: (expiresInMs: number) => createIncidentShare(org, ref, { expiresInMs }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: incidentKey(org, ref) }),
  });
  return (
    <>
      <form
        className="flex flex-wrap items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(Number(length));
        }}
      >
        <Select
          aria-label="How long the link works"
          value={length}
          onChange={(event) => setLength(event.target.value)}
        >
          {SHARE_LENGTHS.map(({ value, label }) => (
            <option key={value} value={value}>
              for {label}
            </option>
          ))}
        </Select>
        <Button type="submit" variant="primary" pending={create.isPending}>
          <Link2 aria-hidden="true" />
          Create link
        </Button>
      </form>
      {create.error ? <Notice tone="fail">{messageOf(create.error)}</Notice> : null}
      {create.data ? <SecretOnce key={create.data.id} value={create.data.url} label="share link" /> : null}
    </>
  );
}
