"use client";

// Who may call which tools of which server, and what may nobody call?

import { useQuery } from "@tanstack/react-query";
import { Plus, ShieldOff } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, useQueryStates } from "nuqs";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import { grantsQuery } from "#lib/client/queries/gateways.ts";
import { useGateway } from "./gateway-context.tsx";
import { GrantTable } from "./grant-table.tsx";
import { NobodyCard } from "./nobody-card.tsx";

const GrantDialog = dynamic(() => import("./grant-dialog.tsx").then((module) => module.GrantDialog), {
  ssr: false,
});

/** Stands in the address for the editor of a grant that does not exist yet. */
const NEW = "new";

export function GatewayGrants() {
  const { org, gateway, mayWrite } = useGateway();
  const grants = useQuery(grantsQuery(org, gateway.id));
  /** `edit`: the grant in the editor. `grant`: the one that a decision led to. */
  const [search, setSearch] = useQueryStates({ edit: parseAsString, grant: parseAsString });
  const create = mayWrite ? (
    <Button size="sm" variant="primary" onClick={() => void setSearch({ edit: NEW })}>
      <Plus aria-hidden="true" />
      New grant
    </Button>
  ) : null;
  const edited = grants.data?.find((grant) => grant.id === search.edit);
  const isGone =
    search.grant !== null && grants.data !== undefined && !grants.data.some(({ id }) => id === search.grant);
  return (
    <PageBody>
      <StaleNotice query={grants} />
      {isGone ? (
        <Notice
          action={
            <Button size="sm" onClick={() => void setSearch({ grant: null })}>
              Dismiss
            </Button>
          }
        >
          The grant <code className="text-xs">{search.grant}</code> that allowed the call is deleted by now.
        </Notice>
      ) : null}
      <Card
        title="Grants"
        aside={
          grants.data && grants.data.length > 0 ? (
            <span className="text-faint">{formatCount(grants.data.length)}</span>
          ) : null
        }
        actions={create}
      >
        {grants.data === undefined && grants.isError ? (
          <QueryError query={grants} title="The grants could not be loaded" />
        ) : grants.data?.length === 0 ? (
          <EmptyState icon={ShieldOff} title="No grant: everything is denied" action={create}>
            Whoever gets in is denied every tool. A grant says who may call which tools of which server.
          </EmptyState>
        ) : (
          <GrantTable
            grants={grants.data}
            shownId={search.grant}
            onEdit={(grant) => void setSearch({ edit: grant.id })}
          />
        )}
      </Card>
      {grants.data === undefined ? null : <NobodyCard grants={grants.data} />}
      {mayWrite && (search.edit === NEW || edited) ? (
        <GrantDialog
          key={search.edit}
          grant={edited ?? null}
          onClose={() => void setSearch({ edit: null })}
        />
      ) : null}
    </PageBody>
  );
}
