"use client";

import { useState } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { ApiError } from "#lib/client/api-error.ts";
import { useServer } from "./server-context.tsx";
import { useUpdateServer } from "./use-update-server.ts";

/** Name, description and, for a connected server, where it runs. */
export function GeneralServerSettings({ readOnly }: { readOnly: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [name, setName] = useState(server.name);
  const [description, setDescription] = useState(server.description);
  const [upstreamUrl, setUpstreamUrl] = useState(server.upstreamUrl ?? "");
  const update = useUpdateServer(org, server.slug);
  const errorOf = (field: string) =>
    update.error instanceof ApiError ? update.error.fieldError(field) : null;
  const isChanged =
    name !== server.name || description !== server.description || upstreamUrl !== (server.upstreamUrl ?? "");
  return (
    <Card title="General">
      <form
        className="grid gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ name, description, ...(server.kind === "connected" ? { upstreamUrl } : {}) });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" error={errorOf("name")}>
            {(control) => (
              <Input
                {...control}
                value={name}
                onChange={(event) => setName(event.target.value)}
                required
                maxLength={100}
                readOnly={readOnly}
              />
            )}
          </Field>
          <Field label="Slug" hint="Part of the MCP URL; it does not change.">
            {(control) => <Input {...control} value={server.slug} readOnly className="font-mono" />}
          </Field>
        </div>
        {server.kind === "connected" ? (
          <Field label="Upstream URL" error={errorOf("upstreamUrl")}>
            {(control) => (
              <Input
                {...control}
                type="url"
                value={upstreamUrl}
                onChange={(event) => setUpstreamUrl(event.target.value)}
                required
                readOnly={readOnly}
                spellCheck={false}
                className="font-mono"
              />
            )}
          </Field>
        ) : null}
        <Field label="Description" optional error={errorOf("description")}>
          {(control) => (
            <Textarea
              {...control}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
              maxLength={1000}
              rows={2}
              readOnly={readOnly}
            />
          )}
        </Field>
        {readOnly ? null : (
          <div>
            <Button type="submit" disabled={!isChanged} pending={update.isPending}>
              Save
            </Button>
          </div>
        )}
      </form>
    </Card>
  );
}
